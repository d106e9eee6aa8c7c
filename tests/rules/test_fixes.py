"""What the fixes of the rules make of the source: the finding is gone, a second run changes nothing."""

from __future__ import annotations

import pytest

from shapeguard.finding import Confidence
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.fixing import fix_file

HEAD = "import torch\n\n\ndef f(x: torch.Tensor, xs, mask: torch.Tensor, n):\n"
CASES = {
    "SG202": (
        (
            "    return n\n\n\ndef g(x, tasks: torch.Tensor, num_tasks):\n"
            "    sizes = torch.bincount(tasks)\n    return x.split(sizes.tolist())\n"
        ),
        (
            "    return n\n\n\ndef g(x, tasks: torch.Tensor, num_tasks):\n"
            "    sizes = torch.bincount(tasks, minlength=num_tasks)\n    return x.split(sizes.tolist())\n"
        ),
    ),
    "SG203 stop": (
        "    k = int((x > 0).sum())\n    return x[:-k]  # cut\n",
        "    k = int((x > 0).sum())\n    return x[:max(len(x) - k, 0)]  # cut\n",
    ),
    "SG203 start": (
        "    k = int((x > 0).sum())\n    return x[..., 1:][-k:], x[-k:, 0]\n",
        "    k = int((x > 0).sum())\n    return x[..., 1:][-k:], x[max(len(x) - k, 0):, 0]\n",
    ),
    "SG203 list": (
        "    kept = [each for each in xs if each.ok]\n    return xs[ : -len(kept) ]\n",
        "    kept = [each for each in xs if each.ok]\n    return xs[ : max(len(xs) - len(kept), 0) ]\n",
    ),
    "SG203 column": (
        "    k = int((x > 0).sum())\n    return x[\n        :, :-k\n    ]\n",
        "    k = int((x > 0).sum())\n    return x[\n        :, :max(x.size(1) - k, 0)\n    ]\n",
    ),
    "SG308 method": (
        "    found = x[0].view(-1, 1).squeeze( )  # flat\n    return torch.cat([found, n])\n",
        "    found = x[0].view(-1, 1).squeeze(-1)  # flat\n    return torch.cat([found, n])\n",
    ),
    "SG308 function": (
        "    return torch.cat([n, torch.squeeze(x.unsqueeze(1))])\n",
        "    return torch.cat([n, torch.squeeze(x.unsqueeze(1), 1)])\n",
    ),
    "SG311 index": (
        "    kept = [i for i in xs if i.ok]\n    return x[torch.tensor(kept, device=x.device)]  # some\n",
        (
            "    kept = [i for i in xs if i.ok]\n"
            "    return x[torch.tensor(kept, device=x.device, dtype=torch.long)]  # some\n"
        ),
    ),
    "SG106 method": (
        "    w = torch.softmax(n, dim=1)\n    return (x * w).mean(\n        dim=1)  # one\n",
        "    w = torch.softmax(n, dim=1)\n    return (x * w).sum(\n        dim=1)  # one\n",
    ),
    "SG106 function": (
        "    return torch.mean(x * (n / n.sum(1, keepdim=True)), 1)\n",
        "    return torch.sum(x * (n / n.sum(1, keepdim=True)), 1)\n",
    ),
    "SG312 method": (
        "    return n if not x.any else x[x.argmax ( )]\n",
        "    return n if not x.any() else x[x.argmax ( )]\n",
    ),
    "SG312 size": (
        "    return n if ( x.size == 0 ) or n else x[0]  # any\n",
        "    return n if (x.numel() == 0) or n else x[0]  # any\n",
    ),
    "SG312 shape and number": (
        "    return n if x[x > 0].size() == 1 else x[0]\n",
        "    return n if x[x > 0].numel() == 1 else x[0]\n",
    ),
    "SG312 shape and list": (
        "    return n if x.shape != [1, n] or x.shape == [] else x.shape == [4]\n",
        "    return n if x.shape != (1, n) or x.shape == () else x.shape == (4,)\n",
    ),
    "SG312 count": (
        "    return x[0] if len(x) >= 0 else n\n",
        "    return x[0] if len(x) > 0 else n\n",
    ),
    "SG312 default": (
        (
            "    return n\n\n\ndef g(x, k=None):\n    assert k is None or k >= 0\n"
            "    return x[: k or len(x)]  # some\n"
        ),
        (
            "    return n\n\n\ndef g(x, k=None):\n    assert k is None or k >= 0\n"
            "    return x[: (k if k is not None else len(x))]  # some\n"
        ),
    ),
    "SG301 generator": (
        "    return max(len(each) for each in xs if each.ok)\n",
        "    return max((len(each) for each in xs if each.ok), default=0)\n",
    ),
    "SG301 list and key": (
        "    kept = [each for each in xs if each.ok]\n    return min(kept, key=abs)  # best\n",
        "    kept = [each for each in xs if each.ok]\n    return min(kept, key=abs, default=0)  # best\n",
    ),
    "SG303 flatten": (
        "    rows = x[mask > 0]\n    return rows.view(rows.size(0), -1)  # rest\n",
        "    rows = x[mask > 0]\n    return rows.flatten(1)  # rest\n",
    ),
    "SG101 branch": (
        (
            "    n = n[xs.start:xs.stop]\n    # only where there are rows\n"
            "    if xs.start < x.size(0):  # past the end\n        x = x[xs.start:xs.stop]  # cut\n"
            "    return torch.cat([x, n], 1)\n"
        ),
        (
            "    n = n[xs.start:xs.stop]\n    # only where there are rows\n"
            "    # past the end\n    x = x[xs.start:xs.stop]  # cut\n"
            "    return torch.cat([x, n], 1)\n"
        ),
    ),
    "SG101 several": (
        (
            "    n = n[mask]\n    if mask.any():\n        x = x[mask]\n\n        xs = xs[mask]\n"
            "    return torch.cat([x, n], 1), xs\n"
        ),
        (
            "    n = n[mask]\n    x = x[mask]\n\n    xs = xs[mask]\n"
            "    return torch.cat([x, n], 1), xs\n"
        ),
    ),
    "SG101 presence": (
        (
            "    return n\n\n\ndef g(x, y, sl: slice):\n"
            "    y = y[sl]\n"
            "    if isinstance(sl, slice) and (\n        sl.start < x.size(0)\n    ):\n        x = x[sl]\n"
            "    return torch.cat([x, y], dim=1)\n"
        ),
        (
            "    return n\n\n\ndef g(x, y, sl: slice):\n"
            "    y = y[sl]\n"
            "    if isinstance(sl, slice):\n        x = x[sl]\n"
            "    return torch.cat([x, y], dim=1)\n"
        ),
    ),
    "SG101 choice": (
        (
            "    n = n[xs.start:xs.stop]\n"
            "    return torch.cat([x[xs.start:xs.stop] if xs.start < len(x) else x, n], 1)\n"
        ),
        ("    n = n[xs.start:xs.stop]\n    return torch.cat([x[xs.start:xs.stop], n], 1)\n"),
    ),
    "SG301 share by a mask": (
        (
            "    for task in range(n):\n        own = mask == task\n"
            "        x[own] = x[own].amax(0)\n    return x\n"
        ),
        (
            "    for task in range(n):\n        own = mask == task\n        if not own.any():\n"
            "            continue\n        x[own] = x[own].amax(0)\n    return x\n"
        ),
    ),
    "SG302 share with a slot": (
        (
            "    out = torch.zeros(n)\n    for task in range(n):\n        # one task\n"
            "        rows = x[mask == task]  # its rows\n\n        # the mean\n"
            "        out[task] = rows.mean()\n    return out\n"
        ),
        (
            "    out = torch.zeros(n)\n    for task in range(n):\n        # one task\n"
            "        rows = x[mask == task]  # its rows\n        if len(rows) == 0:\n            continue\n"
            "\n        # the mean\n        out[task] = rows.mean()\n    return out\n"
        ),
    ),
    "SG302 share without a name": (
        (
            "    total = 0.0\n    for task in range(n):\n"
            "        total += (x[mask == task] ** 2).mean()\n        total += x[mask == task].mean()\n"
            "    return total\n"
        ),
        (
            "    total = 0.0\n    for task in range(n):\n        if not (mask == task).any():\n"
            "            continue\n"
            "        total += (x[mask == task] ** 2).mean()\n        total += x[mask == task].mean()\n"
            "    return total\n"
        ),
    ),
    "SG302 share of one row": (
        (
            "    total = 0.0\n    for task in range(n):\n        rows = x[mask == task]\n"
            "        total = total + rows.std(0)\n    return total\n"
        ),
        (
            "    total = 0.0\n    for task in range(n):\n        rows = x[mask == task]\n"
            "        if len(rows) <= 1:\n            continue\n"
            "        total = total + rows.std(0)\n    return total\n"
        ),
    ),
    "SG303 share": (
        (
            "    out = torch.zeros_like(x)\n    for task in range(8):\n        if task in xs:\n"
            "            rows = x[mask == task]\n            heads = rows.view(rows.size(0), n, -1)\n"
            "            out[mask == task] = heads.flatten(1)\n    return out\n"
        ),
        (
            "    out = torch.zeros_like(x)\n    for task in range(8):\n        if task in xs:\n"
            "            rows = x[mask == task]\n            if len(rows) == 0:\n                continue\n"
            "            heads = rows.view(rows.size(0), n, -1)\n"
            "            out[mask == task] = heads.flatten(1)\n    return out\n"
        ),
    ),
    "SG304 share": (
        (
            "    total = torch.tensor(0.0)\n    for task in range(n):\n        rows = x[mask == task]\n"
            "        mean = rows.sum() / len(rows)\n        total -= mean\n    return total\n"
        ),
        (
            "    total = torch.tensor(0.0)\n    for task in range(n):\n        rows = x[mask == task]\n"
            "        if len(rows) == 0:\n            continue\n"
            "        mean = rows.sum() / len(rows)\n        total -= mean\n    return total\n"
        ),
    ),
    "SG305 share": (
        (
            "    for task in range(n):\n        rows = x[mask == task]\n"
            "        x[mask == task] = rows - rows[0]\n    return x\n"
        ),
        (
            "    for task in range(n):\n        rows = x[mask == task]\n        if len(rows) == 0:\n"
            "            continue\n        x[mask == task] = rows - rows[0]\n    return x\n"
        ),
    ),
    "SG103 share": (
        (
            "    total = 0\n    for members in xs:\n"
            "        kept = [each for each in members if each.ok]\n"
            "        if n:\n            total += torch.cat(kept).sum()\n    return total\n"
        ),
        (
            "    total = 0\n    for members in xs:\n"
            "        kept = [each for each in members if each.ok]\n"
            "        if n:\n            if not kept:\n                continue\n"
            "            total += torch.cat(kept).sum()\n    return total\n"
        ),
    ),
}
LOOP = (
    "    out, at = torch.zeros(n), 0\n    for task in range(n):\n        rows = x[mask == task]\n"
)
LEFT_ALONE = {
    "an operand that a caller has cut": (
        "    return n\n\n\ndef g(x, state, sl: slice):\n    if sl.start < x.size(0):\n"
        "        x = x[sl]\n    return torch.cat([x, state.keys], 1)\n"
    ),
    "a condition on a flag": (
        "    n = n[xs.start:xs.stop]\n    if mask is not n and self.use and xs.start < x.size(0):\n"
        "        x = x[xs.start:xs.stop]\n    return torch.cat([x, n], 1)\n"
    ),
    "a condition on a rank": (
        "    n = n[xs.start:xs.stop]\n    if x.dim() == 3 and xs.start < x.size(0):\n"
        "        x = x[xs.start:xs.stop]\n    return torch.cat([x, n], 1)\n"
    ),
    "a condition on the presence of another": (
        "    n = n[xs.start:xs.stop]\n    if mask is not None and xs.start < x.size(0):\n"
        "        x = x[xs.start:xs.stop]\n    return torch.cat([x, n], 1)\n"
    ),
    "a branch that does more": (
        "    n = n[xs.start:xs.stop]\n    if xs.start < x.size(0):\n        x = x[xs.start:xs.stop]\n"
        "        print(x)\n    return torch.cat([x, n], 1)\n"
    ),
    "another branch": (
        "    n = n[xs.start:xs.stop]\n    if xs.start < x.size(0):\n        x = x[xs.start:xs.stop]\n"
        "    else:\n        print(x)\n    return torch.cat([x, n], 1)\n"
    ),
    "a position that is counted": LOOP
    + "        out[at] = rows.mean()\n        at += 1\n    return out\n",
    "a list with a member for each": (
        LOOP.replace("torch.zeros(n)", "[]")
        + "        out.append(rows.mean())\n    return torch.stack(out)\n"
    ),
    "a slot without a value": (
        LOOP.replace("zeros", "empty") + "        out[task] = rows.mean()\n    return out\n"
    ),
    "an entry of a dictionary": (
        LOOP.replace("torch.zeros(n)", "{}") + "        out[task] = rows.mean()\n    return out\n"
    ),
    "a generator": LOOP + "        yield rows.mean()\n",
    "what happens in each pass": (
        LOOP + "        out[task] = rows.mean()\n        xs.update(task)\n    return out\n"
    ),
    "what the next pass reads": (
        LOOP + "        out[task] = rows.mean() - at\n        at = task\n    return out\n"
    ),
    "what is read behind the loop": LOOP + "        last = rows.mean()\n    return last\n",
    "what an object keeps": LOOP + "        xs.last = rows.mean()\n    return out\n",
    "a choice": LOOP + "        out[task] = rows.mean() if xs else 0\n    return out\n",
    "the test of another branch": (
        LOOP + "        if task in xs:\n            print(1)\n        elif rows.mean() > 0:\n"
        "            print(rows)\n    return out\n"
    ),
    "a share from in front of the loop": (
        "    rows = x[mask == n]\n    out = torch.zeros(8)\n    for task in range(8):\n"
        "        out[task] = rows.mean()\n    return out\n"
    ),
    "a loop that may never end": (
        "    total = 0.0\n    while total < n:\n        rows = x[mask == n]\n"
        "        total += rows.mean()\n    return total\n"
    ),
    "a second statement in the line": (
        "    total = 0.0\n    for task in range(n):\n        rows = x[mask == task]; total += rows.mean()\n"
        "    return total\n"
    ),
    "the end of the loop": (
        LOOP
        + "        out[task] = rows.mean()\n        if task >= at:\n            break\n    return out\n"
    ),
    "a return": LOOP
    + "        if task == at:\n            return out\n        out[task] = rows.mean()\n    return n\n",
    "a check": LOOP
    + "        assert task in xs\n        out[task] = rows.mean()\n    return out\n",
    "what is taken of an iterator": (
        LOOP + "        other = next(xs)\n        out[task] = rows.mean() - other\n    return out\n"
    ),
    "what is taken of an iterator beside it": (
        LOOP + "        out[task] = rows.mean() - next(xs)\n    return out\n"
    ),
    "a step in an expression": (
        LOOP + "        out[task] = rows.mean() / (at := at + 1)\n    return out\n"
    ),
    "a step that is given a name": (
        LOOP + "        _ = xs.step()\n        out[task] = rows.mean()\n    return out\n"
    ),
    "an attempt": (
        LOOP
        + "        try:\n            out[task] = rows.mean()\n        finally:\n            print(task)\n"
        "    return out\n"
    ),
    "a tensor that grows": (
        LOOP + "        out = torch.cat([out, rows.mean().view(1)])\n    return out\n"
    ),
    "a list that grows": (
        LOOP.replace("torch.zeros(n)", "[]") + "        out += [rows.mean()]\n    return out\n"
    ),
    "a text that grows": (
        LOOP.replace("torch.zeros(n)", "''") + "        out += f'{rows.mean()}'\n    return out\n"
    ),
    "a dictionary that grows": (
        LOOP.replace("torch.zeros(n)", "{}")
        + "        out |= {task: rows.mean()}\n    return out\n"
    ),
    "what is done with the share": LOOP + "        xs.update(rows.mean(0))\n    return out\n",
    "a group under its key": (
        "    groups = {task: x[mask == task] for task in range(8)}\n    out = {}\n"
        "    for task in range(8):\n        rows = groups[task]\n        out[task] = rows.mean()\n"
        "    return out\n"
    ),
    "a place for something else": (
        LOOP + "        out[task] = task + 1\n        xs = xs + rows.mean()\n    return out\n"
    ),
    "an annotated name that is read behind the loop": (
        LOOP + "        last: torch.Tensor = rows.mean()\n    return last\n"
    ),
    "a name of the module": (
        "    global total\n    for task in range(n):\n        rows = x[mask == task]\n"
        "        total = rows.mean()\n    return x\n"
    ),
    "a mask that is drawn anew": (
        "    total = 0.0\n    for task in range(n):\n"
        "        total += x[torch.rand(len(x)) * task > 0.9].mean()\n    return total\n"
    ),
    "an asynchronous loop": (
        "    return n\n\n\nasync def g(x: torch.Tensor, mask: torch.Tensor, tasks):\n    total = 0.0\n"
        "    async for task in tasks:\n        rows = x[mask == task]\n        total += rows.mean()\n"
        "    return total\n"
    ),
    "a condition that binds a name": (
        "    n = n[xs.start:xs.stop]\n    if (start := xs.start) < x.size(0):\n"
        "        x = x[start:xs.stop]\n    return torch.cat([x, n], 1)\n"
    ),
    "a condition with a comment": (
        "    n = n[xs.start:xs.stop]\n    if (  # why\n        xs.start < x.size(0)\n    ):\n"
        "        x = x[xs.start:xs.stop]\n    return torch.cat([x, n], 1)\n"
    ),
    "the best by a key": (
        "    kept = [each for each in xs if each.ok]\n    return max(kept, key=lambda each: each.score).name\n"
    ),
    "the largest tuple": (
        "    _, name = max((each.score, each.name) for each in xs if each.ok)\n    return name\n"
    ),
    "no loop": "    rows = x[mask == n]\n    return rows.mean()\n",
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_fix_repairs_and_keeps_the_rest(tmp_path, before, after, ending):
    path = tmp_path / "module.py"
    path.write_bytes((HEAD + before).replace("\n", ending).encode())
    done = fix_file(path, Settings(preview=True), root=tmp_path, unsafe=True)
    assert done.data.decode() == (HEAD + after).replace("\n", ending)
    assert done.applied
    path.write_bytes(done.data)
    again = fix_file(path, Settings(preview=True), root=tmp_path, unsafe=True)
    assert (again.data, again.applied) == (done.data, ())


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_fix_that_would_change_more_is_not_offered(tmp_path, source):
    path = tmp_path / "module.py"
    path.write_text(HEAD + source)
    settings = Settings(preview=True, min_confidence=Confidence.LOW)
    findings = check([path], settings, root=tmp_path).findings
    assert findings
    assert [each.fix for each in findings] == [None] * len(findings)
