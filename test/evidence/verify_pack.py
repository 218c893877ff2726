"""A second checker of evidence packs, written from docs/journal-format.md alone with Python's standard library.

python3 verify_pack.py PACK KEY, a zip or what was in it: prints "ok" and ends with 0, or says what is wrong and ends with 1.
"""
import base64
import hashlib
import json
import os
import re
import sys
import zipfile

# Ed25519 verification, RFC 8032 section 5.1.7.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * t1 * t2 * D % P
    h = 2 * z1 * z2 % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decompress(octets):
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def ed25519_holds(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = decompress(key), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(r, multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def need(condition, message):
    if not condition:
        raise ValueError(message)


def octets_of(text):
    """RFC 4648 section 4, in its one spelling."""
    octets = base64.b64decode(text, validate=True)
    need(base64.b64encode(octets).decode() == text, "no base64: %r" % text)
    return octets


def open_note(note, origin, keys):
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    need(signatures.endswith("\n"), "a note ends with a line feed")
    holds = False
    for line in signatures[:-1].split("\n"):
        dash, name, signature = line.split(" ")
        need(dash == "\u2014", "a note holds more than text and signatures")
        octets = octets_of(signature)
        for key in keys if name == origin else []:
            if octets[:4] == sha256(origin.encode() + b"\n\x01" + key)[:4]:
                holds = holds or ed25519_holds(key, text.encode(), octets[4:])
    need(holds, "a note is not signed with a key of the journal")
    return text


def read_checkpoint(text, origin):
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\ntime [0-9]+\n", text)
    need(match and match[1] == origin, "no checkpoint of this journal")
    return int(match[2]), octets_of(match[3])


def split(count):
    middle = 1
    while middle * 2 < count:
        middle *= 2
    return middle


def root_of(leaves, size, beside):
    hashes = iter(beside)

    def over(first, end, inside):
        if not inside:
            return next(hashes)
        if end - first == 1:
            return leaves[first]
        middle = first + split(end - first)
        left = over(first, middle, [leaf for leaf in inside if leaf < middle])
        right = over(middle, end, [leaf for leaf in inside if leaf >= middle])
        return sha256(b"\x01", left, right)

    root = over(0, size, sorted(leaves))
    need(next(hashes, None) is None, "tree.txt has hashes left over")
    return root


def consistent(first, first_root, second, second_root, proof):
    """RFC 9162 2.1.4.2"""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof and first & (first - 1):
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\x01", c, fr), sha256(b"\x01", c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\x01", sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def check_key(entry, keys, journal):
    new, old = octets_of(entry["publicKey"]), octets_of(entry["previousKey"])
    lines = ["aval-journal-key/1", journal, entry["publicKey"], entry["previousKey"], ""]
    statement = "\n".join(lines).encode()
    need(ed25519_holds(new, statement, octets_of(entry["signature"])), "a key is not signed by itself")
    need((entry["reason"] == "first") == (not keys), "there is one first key")
    need(old == (keys[-1] if keys else b""), "a key does not follow the one before")
    if entry["reason"] == "rotation":
        need(ed25519_holds(old, statement, octets_of(entry["previousSignature"])), "a key was not handed over")
    keys.append(new)


def numbers(ranges):
    for text in ranges:
        first, _, last = text.partition("-")
        yield from range(int(first), int(last or first) + 1)


def once(members):
    need(len({name for name, _ in members}) == len(members), "a member stands twice")
    return dict(members)


def parsed(text):
    return json.loads(text, object_pairs_hook=once)


def revealed(body, disclosures):
    """RFC 9901 7.1"""
    parts = {}
    for text in disclosures:
        digest = base64.urlsafe_b64encode(sha256(text.encode())).rstrip(b"=").decode()
        need(digest not in parts, "a disclosure stands twice")
        parts[digest] = parsed(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    seen = set()

    def take(digest, length):
        need(digest not in seen, "a digest stands twice")
        seen.add(digest)
        part = parts.pop(digest, None)
        need(part is None or len(part) == length, "a disclosure of another form")
        return part

    def visit(value):
        if isinstance(value, dict):
            whole = {name: visit(member) for name, member in value.items() if name != "_sd"}
            for digest in value.get("_sd", []):
                part = take(digest, 3)
                if part is not None:
                    need(part[1] not in whole and part[1] not in ("_sd", "..."), "a disclosure of a name that is taken")
                    whole[part[1]] = visit(part[2])
            return whole
        if isinstance(value, list):
            whole = []
            for item in value:
                if isinstance(item, dict) and "..." in item:
                    part = take(item["..."], 2)
                    if part is not None:
                        whole.append(visit(part[1]))
                else:
                    whole.append(visit(item))
            return whole
        return value

    whole = visit(body)
    need(not parts, "disclosures that belong nowhere")
    return whole


CHECKED = {
    "journal/header.json",
    "journal/entries.jsonl",
    "journal/checkpoint.txt",
    "journal/tree.txt",
    "journal/checkpoints.jsonl",
    "records.jsonl",
    "objections.jsonl",
    "configurations.jsonl",
    "rules.jsonl",
    "contracts.json",
}
RECORD = {
    "id": str,
    "version": int,
    "advertiserId": str,
    "subjectKey": str,
    "keyId": str,
    "importBatchId": str,
    "createdBy": str,
    "createdAt": int,
}
PERSONAL = {"messageIdSha256": str, "salt": str, "toKey": str}
MANIFEST = {"format": str, "advertiser": str, "from": int, "to": int, "at": int, "by": str, "version": str, "key": str}


def of_form(value, what, **members):
    """Nothing but these members, each of its type; None is in the type of one that may be absent."""
    need(type(value) is dict and set(value) <= set(members), what + " holds what nothing proves")
    for name, kind in members.items():
        if name in value or type(None) not in (kind if type(kind) is tuple else (kind,)):
            need(type(value[name]) in (kind if type(kind) is tuple else (kind,)), "%s: %s" % (what, name))
            need(value[name] is not None, "%s: %s" % (what, name))
            need(type(value[name]) is not list or all(type(one) is str for one in value[name]), "%s: %s" % (what, name))


def rows(files, name, **members):
    for line in files[name].decode().split("\n"):
        if line:
            row = parsed(line)
            of_form(row, name, **members)
            yield row


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def zipped(path):
    with zipfile.ZipFile(path) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def unpacked(path):
    files = {}
    for directory, _, names in os.walk(path):
        for name in names:
            full = os.path.join(directory, name)
            with open(full, "rb") as file:
                files[os.path.relpath(full, path)] = file.read()
    return files


def main(path, key):
    files = unpacked(path) if os.path.isdir(path) else zipped(path)
    manifest = parsed(files["manifest.json"])
    need(manifest["format"] == "aval-evidence/1", "unknown format")
    of_form(manifest, "manifest.json", **MANIFEST, size=int, files=dict)
    need(CHECKED <= set(manifest["files"]), "the manifest does not name every file")
    for name, stated in manifest["files"].items():
        of_form(stated, name, sha256=str, octets=int)
        content = files.get(name)
        need(content is not None, name + " is missing")
        need(len(content) == stated["octets"] and sha256(content).hex() == stated["sha256"], name + " was changed")

    header = files["journal/header.json"]
    journal = parsed(header)["journal"]
    need(canonical(parsed(header)) == header.decode(), "the header is not canonical")
    origin = "aval-journal/" + journal
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", key)
    need(match and match[1] == origin, "the key is of another journal")
    published = base64.b64decode(match[3])[1:]

    vouched, decided = 0, set()
    keys, leaves, missing, erased, digests, configurations = [], {}, set(), set(), {}, set()
    named, destroyed = set(), set()
    last_seq, last_hash = 0, sha256(b"\x02", header)
    for row in rows(files, "journal/entries.jsonl", seq=int, body=str, personal=(dict, type(None))):
        body, seq = parsed(row["body"]), row["seq"]
        of_form(body, "entry %d" % seq, seq=int, prev=str, entry=dict)
        entry = body["entry"]
        need(seq <= manifest["size"], "entry %d is of no number the journal has" % seq)
        need(body["seq"] == seq and seq > last_seq, "entry %d is out of place" % seq)
        need(seq != last_seq + 1 or body["prev"] == last_hash.hex(), "entry %d does not follow" % seq)
        need(entry["schema"] == 1, "unknown schema")
        last_seq, last_hash = seq, sha256(b"\x00", row["body"].encode())
        leaves[seq - 1] = last_hash
        if "personal" in row:
            of_form(row["personal"], "personal part of entry %d" % seq, **PERSONAL)
            text = canonical(row["personal"])
            need(sha256(b"\x03", text.encode()).hex() == entry.get("personal"), "personal part of entry %d" % seq)
            named.add(seq)
        elif "personal" in entry:
            missing.add(seq)
        if entry["kind"] in ("decision", "certificate"):
            whom = (manifest["advertiser"],) if entry["kind"] == "decision" else (manifest["advertiser"], "")
            inside = manifest["from"] <= entry["at"] < manifest["to"]
            need(entry["advertiser"] in whom and inside, "entry %d does not concern the pack" % seq)
            if entry["kind"] == "decision":
                decided.add((entry["ref"], entry["rcpt"]))
        if entry["kind"] == "outcome":
            need((entry["ref"], entry["rcpt"]) in decided, "entry %d is of no decision of the pack" % seq)
        if entry["kind"] == "erasure":
            erased.update(number for number in numbers(entry["erased"]) if number < seq)
        elif entry["kind"] == "segment":
            if entry["act"] == "destroyed":
                destroyed.update(number for number in named if entry["first"] <= number <= entry["last"])
        elif entry["kind"] == "key":
            if entry["reason"] == "loss":
                vouched = len(keys)
            check_key(entry, keys, journal)
        elif entry["kind"] == "decision":
            configurations.add(entry["configSha256"])
            if entry["recordId"]:
                name = (entry["recordId"], entry["recordVersion"])
                need(digests.setdefault(name, entry["recordSha256"]) == entry["recordSha256"], "two digests of a record")
        else:
            need(entry["kind"] in ("outcome", "certificate", "checkpoint", "anchor"), "unknown kind")
    need(missing <= erased, "entries without personal part: %s" % sorted(missing - erased)[:3])
    need(not destroyed, "entries of a segment without key say about whom they are: %s" % sorted(destroyed)[:3])
    need(published in keys[vouched:], "the key is not one the journal names, or was replaced without its signature")

    signed = open_note(files["manifest.sig"].decode(), origin, keys[-1:])
    digest = base64.b64encode(sha256(files["manifest.json"])).decode()
    need(signed == "aval-evidence/1\n" + digest + "\n", "manifest.sig is over something else")
    size, root = read_checkpoint(open_note(files["journal/checkpoint.txt"].decode(), origin, keys[-1:]), origin)
    need(size == manifest["size"], "two sizes")
    beside = [octets_of(line) for line in files["journal/tree.txt"].decode().split("\n") if line]
    need(root_of(leaves, size, beside) == root, "the entries are not those under the checkpoint")
    last_size = 0
    for row in rows(files, "journal/checkpoints.jsonl", note=str, consistency=list):
        earlier, earlier_root = read_checkpoint(open_note(row["note"], origin, keys), origin)
        need(earlier > last_size, "checkpoints out of order")
        last_size = earlier
        proof = [octets_of(hash) for hash in row["consistency"]]
        need(consistent(earlier, earlier_root, size, root, proof), "an earlier checkpoint contradicts this one")

    for record in rows(files, "records.jsonl", **RECORD, form=str, person=str, sha256=str):
        head = [str(record[name]) for name in RECORD] + [sha256(record["form"].encode()).hex()]
        digest = sha256(("\n".join(head) + "\n" + record["person"]).encode()).hex()
        need(digests.pop((record["id"], record["version"]), "") == digest == record["sha256"], "record " + record["id"])
    rules, shown, declared = set(), set(), {}
    for row in rows(files, "configurations.jsonl", sha256=str, body=str, disclosures=(list, type(None))):
        need(sha256(row["body"].encode()).hex() == row["sha256"] in configurations - shown, "a configuration was changed")
        shown.add(row["sha256"])
        configuration = revealed(parsed(row["body"]), row.get("disclosures", []))
        rules.add(configuration.get("rules_sha256"))
        for name, router in configuration.get("routers", {}).items():
            for contract in router.get("contracts", []):
                if contract["advertiser"] == manifest["advertiser"]:
                    stated = {
                        "router": {"id": name, "legalName": router["legal_name"]},
                        "signed": contract["signed"],
                        "from": contract.get("from", contract["signed"]),
                        "until": contract["until"],
                        "documentSha256": contract["document_sha256"],
                        "clauses": contract.get("clauses", {}),
                    }
                    declared.setdefault(canonical(stated), []).append(row["sha256"])
    for row in rows(files, "rules.jsonl", sha256=str, body=str):
        need(sha256(row["body"].encode()).hex() == row["sha256"] in rules, "rules were changed, or stand twice")
        rules.remove(row["sha256"])
    listed = parsed(files["contracts.json"])
    for contract in listed:
        under = contract.pop("configurations")
        need(sorted(under) == sorted(declared.get(canonical(contract), [])) != [], "a contract no configuration declares")
    need(len(listed) == len(declared), "a contract is not listed")


try:
    main(sys.argv[1], sys.argv[2])
except (ValueError, KeyError, StopIteration, IndexError, TypeError) as error:
    print("wrong: %r" % error)
    sys.exit(1)
print("ok")
