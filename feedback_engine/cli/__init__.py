"""The command line: parse, call one engine verb, print."""
