"""The pure stages of a build: parse, index, resolve, render. Only `sitegen.build` knows their order."""
