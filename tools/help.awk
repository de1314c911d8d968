# Prints the targets of the Makefile under their headings: "## Heading" lines and "target: … ## text" lines.
BEGIN { print "Shundan 顺单: make TARGET" }
/^## / { printf "\n%s\n", substr($0, 4) }
/^[a-z-]+:.*## / {
    split($0, part, ":")
    text = $0
    sub(/^.*## /, "", text)
    printf "  %-12s %s\n", part[1], text
}
