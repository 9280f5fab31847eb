"""A stand-in for the provider's frame that speaks its messages, and what tests ask of it and of the page around it.

It answers at the provider's own address, so that the page's policy and origin checks are the real ones. In the frame,
``heard`` holds every message it was sent but pings, ``at(seconds)`` moves it on, ``become(state)`` changes its state,
``lasts(seconds)`` tells its length, ``fail(code)`` an error. As the real one does, it reports states and errors only to those
who asked for them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FloatRect, Frame, Locator, Page, Request, Route

PROVIDER = "https://www.youtube-nocookie.com"
NOTE = "russian_military_reliance_on_foreign_support.html"
STAND_IN = """<!doctype html><title>Stand-in</title><body style="margin: 0; background: #345; color: #fff"><script>
window.heard = [];
const asked = new Set();
const now = {currentTime: Number(new URLSearchParams(location.search).get("start")), playerState: 1};
const tell = (message) => parent.postMessage(JSON.stringify({...message, id: 1, channel: "widget"}), "*");
const deliver = (change) => tell({event: "infoDelivery", info: Object.assign(now, change) && change});
window.at = (seconds) => deliver({currentTime: seconds});
window.lasts = (seconds) => deliver({duration: seconds});
window.fail = (code) => asked.has("onError") && tell({event: "onError", info: code});
window.become = (state) => {
  deliver({playerState: state});
  if (asked.has("onStateChange")) tell({event: "onStateChange", info: state});
};
const commands = {
  addEventListener: (name) => asked.add(name),
  seekTo: (seconds) => window.at(seconds),
  playVideo: () => window.become(1),
  pauseVideo: () => window.become(2),
  cueVideoById: ({startSeconds}) => { window.at(startSeconds); window.become(5); },
};
addEventListener("message", ({data}) => {
  const message = JSON.parse(data);
  if (message.event === "ping") return parent.postMessage("pong", "*");
  window.heard.push(message);
  if (message.event === "listening") {
    tell({event: "initialDelivery", info: {...now, apiInterface: Object.keys(commands)}});
    tell({event: "onReady", info: null});
  }
  if (message.event === "command") commands[message.func]?.(...message.args);
});
</script>"""


def answer_for(page: Page) -> list[Request]:
    """What the page asks of the provider from now on; it is answered by the stand-in."""
    requests: list[Request] = []

    def answer(route: Route) -> None:
        requests.append(route.request)
        route.fulfill(status=200, content_type="text/html", body=STAND_IN)

    page.route(f"{PROVIDER}/**", answer)
    return requests


def visit(page: Page, address: str) -> None:
    """Open a page and wait until its scripts are ready for presses and keys."""
    page.goto(address)
    page.locator("html.playable").wait_for()


def provider_frame(page: Page, player: str = ".video .player") -> Frame:
    """The stand-in in the page, once page and frame have found each other."""
    element = page.wait_for_selector(f"{player} iframe")
    frame = element and element.content_frame()
    assert frame
    frame.wait_for_url(f"{PROVIDER}/**")
    wait_for_command(frame, "addEventListener", 2)  # of states and of errors
    return frame


def play(page: Page, stamp: str) -> Frame:
    """Press a stamp and wait for the player and its controls."""
    page.locator(stamp).click()
    frame = provider_frame(page)
    page.locator(".controls").wait_for()
    return frame


def press(page: Page, element: Locator) -> None:
    """Press what is stuck to the top where it is: the driver's own click would first scroll the page to it."""
    box = box_of(element)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def commands(frame: Frame, *names: str) -> list[tuple[str, Any]]:
    """What the frame was told to do, as (name, first argument or None), without subscriptions."""
    heard = frame.evaluate("window.heard")
    told = [(m["func"], m["args"][0] if m["args"] else None) for m in heard if m["event"] == "command"]
    return [(name, argument) for name, argument in told if name in names or (not names and name != "addEventListener")]


def seeks(frame: Frame) -> list[int]:
    return [argument for _, argument in commands(frame, "seekTo")]


def wait_for_command(frame: Frame, name: str, times: int = 1) -> None:
    frame.wait_for_function(
        "([name, times]) => window.heard.filter((message) => message.func === name).length >= times", arg=[name, times]
    )


def talked_out(frame: Frame) -> None:
    """Wait until the frame has heard all that the page has said so far, and the page what the frame answered to it."""
    frame.frame_element().evaluate(
        """(frame) => new Promise((done) => {
          addEventListener("message", function hear({data}) {
            if (data !== "pong") return;
            removeEventListener("message", hear);
            done();
          });
          frame.contentWindow.postMessage('{"event": "ping"}', "*");
        })"""
    )


def query(request: Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}


def lit(page: Page) -> list[str]:
    return page.locator(".prose .stamp.on").all_inner_texts()


def spoken(page: Page) -> str:
    """The text that is marked as being spoken."""
    text: str = page.evaluate("[...(CSS.highlights.get('spoken') ?? [])].map(String).join(' … ')")
    return text.replace("\xa0", " ")


def box_of(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box
    return box


def at_rest(page: Page) -> float:
    """How far the page is scrolled, in pixels, once it does not move any more."""
    y: float = page.evaluate(
        """() => new Promise((done) => {
          let [y, still, since] = [scrollY, 0, performance.now()];
          const look = () => {
            if (scrollY !== y) [y, still, since] = [scrollY, 0, performance.now()];
            else if (++still > 12 && performance.now() - since > 250) return done(y);
            requestAnimationFrame(look);
          };
          look();
        })"""
    )
    return y


def left_alone(page: Page) -> None:
    """Wait until whatever moves the page counts as the reader's doing: for a while after a change it may move by itself."""
    at_rest(page)
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 700))))"
    )
