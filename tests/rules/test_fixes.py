"""What the fixes of the rules make of the source: the finding is gone, a second run changes nothing."""

from __future__ import annotations

import pytest

from shapeguard.lint.config import Settings
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
