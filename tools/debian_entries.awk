# Finds Debian's own entry among apt's source files (both forms), given as arguments.
#   -v mode=has  -v wanted=SUITE                    exit status 0 if an enabled entry names SUITE
#   -v mode=find -v wanted=CODENAME -v suites=NEW   prints its form, then the entry with its suites replaced
# Several entries may name the suite (vendors use Debian's code names too), so the one that looks most
# like Debian's own archive is taken.

function has_word(text, word) { return index(" " text " ", " " word " ") > 0 }

function squeeze(text) {
  gsub(/[ \t\r\n]+/, " ", text); sub(/^ /, "", text); sub(/ $/, "", text)
  return text
}

function add(form, text, types, uris, suite_words, components, key) {
  if (!has_word(types, "deb") || !has_word(components, "main") || uris ~ /^cdrom:/) return
  ++count
  forms[count] = form; texts[count] = text; uri[count] = uris; suite[count] = suite_words; keys[count] = key
}

function end_stanza(   enabled) {
  enabled = tolower(value["enabled"])
  if (stanza_open && enabled !~ /^(no|false|0|off|without|disable)$/)
    add("sources", kept, value["types"], value["uris"], value["suites"], value["components"], value["signed-by"])
  stanza_open = 0; kept = ""; field = ""
  split("", value)
}

function read_stanza_line(   name) {
  if ($0 ~ /^[ \t\r]*$/) { end_stanza(); return }
  if ($0 ~ /^#/) return
  stanza_open = 1
  if ($0 ~ /^[ \t]/) {
    value[field] = squeeze(value[field] " " $0)
  } else {
    name = $0; sub(/:.*/, "", name)
    field = tolower(squeeze(name))
    value[field] = squeeze(substr($0, length(name) + 2))
  }
  if (field !~ /^(types|suites|components|enabled)$/ && field !~ /^x-/) kept = kept $0 "\n"
}

function read_line(   line, options, words, n, i, components, key) {
  line = $0; sub(/#.*/, "", line); line = squeeze(line)
  if (line !~ /^deb /) return
  sub(/^deb /, "", line)
  options = ""
  if (line ~ /^\[/) {
    options = substr(line, 1, index(line, "]")) " "
    line = squeeze(substr(line, index(line, "]") + 1))
  }
  n = split(line, words, " ")
  for (i = 3; i <= n; ++i) components = components " " words[i]
  if (match(options, /signed-by=[^] ]+/)) key = substr(options, RSTART, RLENGTH)
  add("list", "deb " options words[1], "deb", words[1], words[2], squeeze(components), key)
}

function likeness(i,   j, points) {
  if (keys[i] ~ /debian-archive/) points += 4
  for (j = 1; j <= count; ++j)
    if (uri[j] == uri[i] && has_word(suite[j], wanted "-updates")) { points += 2; break }
  if (uri[i] ~ /\/debian\/?( |$)/) points += 1
  return points
}

FNR == 1 { end_stanza() }
FILENAME ~ /\.sources$/ { read_stanza_line(); next }
{ read_line() }

END {
  end_stanza()
  best = 0; best_points = -1
  for (i = 1; i <= count; ++i)
    if (has_word(suite[i], wanted) && likeness(i) > best_points) { best = i; best_points = likeness(i) }
  if (!best) exit 1
  if (mode == "has") exit 0
  print forms[best]
  if (forms[best] == "sources")
    printf "Types: deb\n%sSuites: %s\nComponents: main\n", texts[best], suites
  else
    print texts[best] " " suites " main"
}
