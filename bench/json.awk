# Flattens JSON documents: one line per scalar, its path, a tab, its value. Elements of arrays share the path NAME[]; strings lose their quotes and simple escapes.
#   echo '{"a": {"b": [1, "x"]}}' | awk -f bench/json.awk     prints  a.b[]<TAB>1  and  a.b[]<TAB>x
# Works with any awk. Not a validator: what is no JSON gives some lines or none.
function parse(    symbol, key, value) {
    blank()
    symbol = substr(text, at, 1)
    if (symbol == "{") {
        at++
        for (blank(); at <= size && substr(text, at, 1) != "}"; blank()) {
            key = quoted(); blank(); at++
            depth++
            path[depth] = (depth > 1 ? path[depth - 1] : "") (depth > 1 && path[depth - 1] != "" ? "." : "") key
            parse()
            depth--
            blank(); if (substr(text, at, 1) == ",") at++
        }
        at++
    } else if (symbol == "[") {
        at++
        for (blank(); at <= size && substr(text, at, 1) != "]"; blank()) {
            depth++
            path[depth] = (depth > 1 ? path[depth - 1] : "") "[]"
            parse()
            depth--
            blank(); if (substr(text, at, 1) == ",") at++
        }
        at++
    } else if (symbol == "\"") {
        value = quoted()
        print path[depth] "\t" value
    } else {
        match(substr(text, at), /^[^],}[:space:]]*/)
        value = substr(text, at, RLENGTH)
        at += RLENGTH > 0 ? RLENGTH : 1
        if (value != "") print path[depth] "\t" value
    }
}

function blank() {
    while (at <= size && index(" \t\r\n", substr(text, at, 1)) > 0) at++
}

function quoted(    result, symbol) {
    result = ""
    for (at++; at <= size && (symbol = substr(text, at, 1)) != "\""; at++) {
        if (symbol == "\\") {
            at++
            symbol = substr(text, at, 1)
            if (symbol == "n" || symbol == "t" || symbol == "r") symbol = " "
        }
        result = result symbol
    }
    at++
    return result
}

{ text = text $0 "\n" }

END {
    size = length(text); at = 1; depth = 0; path[0] = ""
    while (at <= size) { parse(); blank() }
}
