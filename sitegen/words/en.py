"""English words, made of translations/en.po by `make words`: edit that."""

LANGUAGE = "en"
PLURAL = "((((n == 1)) && ((0 == 0))) ? 0 : 1)"
GROUP = (",", 0)
DAY = "%(d)d %(m)s %(y)d"
MONTH = "%(m)s %(y)d"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
MESSAGES: dict[str, str | tuple[str, ...]] = {
}
