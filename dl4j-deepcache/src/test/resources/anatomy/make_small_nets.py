"""Writes the small networks of SkipFinderGoldenTest in the text form of GraphText, expectations first.

The expectations come from the construction: the author of a net names each skip, its merge and its boundary by hand; the
multiply-accumulates of a cached step are summed here, from kernel sizes, over the nodes that reach the output without the boundary.
Usage: make_small_nets.py OUT_DIR        (no packages needed)
"""
import pathlib, sys


class Net:
    def __init__(self, channels_last=False): self.last, self.lines, self.nodes, self.shape, self.expect, self.count = channels_last, [], {}, {}, [], 0

    def dims(self, c, h, w): return (1, h, w, c) if self.last else (1, c, h, w)
    def chw(self, x): s = self.shape[x]; return (s[3], s[1], s[2]) if self.last else (s[1], s[2], s[3])
    def fresh(self, name): self.count += 1; return name or f"t{self.count}"
    def text(self, shape): return "x".join(map(str, shape))

    def input(self, name, *shape): self.shape[name] = shape; self.lines.append(f"input {name} FLOAT {self.text(shape)}"); return name
    def const(self, *shape): name = self.fresh(None); self.shape[name] = shape; self.lines.append(f"const {name} FLOAT {self.text(shape)}"); return name

    def op(self, op, inputs, shape, integers=(), macs=0, name=None):
        name = self.fresh(name); self.shape[name] = tuple(shape); self.nodes[name] = (list(inputs), macs)
        arguments = f" [{','.join(map(str, integers))}]" if integers else ""
        self.lines.append(f"{name} FLOAT {self.text(shape)} = {op}({', '.join(inputs)}){arguments}"); return name

    def conv(self, x, out, k=3, s=1, name=None):
        c, h, w = self.chw(x); oh, ow = -(-h // s), -(-w // s); weight = self.const(out, k, k, c) if self.last else self.const(out, c, k, k)
        return self.op("conv2d", [x, weight], self.dims(out, oh, ow), (k, k, s, s, 0, 0, 1, 1, 1, int(self.last), 2 if self.last else 1), out * oh * ow * c * k * k, name)

    def unary(self, op, x, name=None): return self.op(op, [x], self.shape[x], name=name)
    def norm(self, x):  # the statistics make it more than an element-wise operation
        c = self.chw(x)[0]; mean = self.op("reduce_mean", [x], self.dims(c, 1, 1)); return self.op("swish", [self.op("subtract", [x, mean], self.shape[x])], self.shape[x])
    def pool(self, x, name=None): c, h, w = self.chw(x); return self.op("avgpool2d", [x], self.dims(c, h // 2, w // 2), (2, 2, 2, 2, 0, 0, 1, 1, 0, 0, int(self.last)), name=name)
    def up(self, x, name=None): c, h, w = self.chw(x); return self.op("upsampling2d", [x], self.dims(c, 2 * h, 2 * w), (2, 2, int(not self.last)), name=name)
    def add(self, a, b, name=None): return self.op("add", [a, b], self.shape[a], name=name)
    def mul(self, a, b, name=None): return self.op("multiply", [a, b], self.shape[a], name=name)

    def concat(self, a, b, name=None, axis=None):
        (c, h, w), d = self.chw(a), self.chw(b)[0]
        return self.op("concat", [a, b], self.dims(c + d, h, w), ((3 if self.last else 1) if axis is None else axis,), name=name)

    def block(self, x, out, emb=None, name=None):
        """A residual block with a convolution on the shortcut if the channels change, and an added embedding."""
        h = self.conv(self.norm(x), out)
        if emb: h = self.op("add", [h, self.op("reshape", [self.linear(emb, out)], self.dims(out, 1, 1))], self.shape[h])
        h = self.conv(self.norm(h), out)
        return self.add(h, x if self.chw(x)[0] == out else self.conv(x, out, 1), name)

    def linear(self, x, out, name=None): n, c = self.shape[x][:-1], self.shape[x][-1]; rows = 1; [rows := rows * i for i in n]; return self.op("matmul", [x, self.const(c, out)], (*n, out), macs=rows * c * out, name=name)

    def attention(self, x, text=None, name=None):
        """Tokens, then self- or cross-attention, then back: no change of resolution. Products of activations count apart."""
        c, h, w = self.chw(x); t = h * w
        y = self.op("reshape", [x], (1, t, c)) if self.last else self.op("permute", [self.op("reshape", [x], (1, c, t))], (1, t, c), (0, 2, 1))
        source = text or y; u = self.shape[source][1]
        q, k, v = self.linear(y, c), self.linear(source, c), self.linear(source, c)
        p = self.op("softmax", [self.op("matmul", [q, k], (1, t, u), (0, 1, 0))], (1, t, u))
        z = self.op("add", [y, self.linear(self.op("matmul", [p, v], (1, t, c)), c)], (1, t, c))
        z = self.op("reshape", [z], self.shape[x]) if self.last else self.op("reshape", [self.op("permute", [z], (1, c, t), (0, 2, 1))], self.shape[x])
        return self.add(z, x, name)

    def macs(self, output, given=None):
        seen, open_, total = {given}, [output], 0
        while open_:
            n = open_.pop()
            if n in seen or n not in self.nodes: continue
            seen.add(n); total += self.nodes[n][1]; open_ += self.nodes[n][0]
        return total

    def skip(self, kind, merge, skip, boundary): self.expect.append((kind, merge, skip, boundary))

    def write(self, path, note, output, refused=None):
        note = " ".join(note.split()); head = [f"# {note}", f"# full {self.macs(output)}"]
        head += [f"# refused {refused}"] if refused else [f"# skip {k} {m} {s} {b} {self.macs(output, b)}" for k, m, s, b in self.expect]
        path.write_text("\n".join(head + self.lines + [f"output {output}"]) + "\n")


def unet(last=False, mode="CONCAT", reverse=False, control=False, project=False, time=True, attend=False, levels=2, blocks=1):
    """An ordinary U-Net: every encoder tensor of a level is merged once, last in first out. At the lowest level
    only concatenations of unprojected tensors count, by definition."""
    n = Net(last); n.input("x", *n.dims(3, 16, 16)); emb = text = None
    if time: emb = n.linear(n.input("t", 1, 8), 8)
    if attend: text = n.input("text", 1, 5, 6)
    width = 4 if mode == "ADD" else None
    chan = lambda l: width or 4 * (l + 1)
    h = n.conv("x", chan(0), name="e0"); stack = [h]
    for l in range(levels):
        for b in range(blocks):
            h = n.block(h, chan(l), emb)
            if attend and l: h = n.attention(n.attention(h), text)
            stack.append(h)
        if l < levels - 1: h = n.conv(h, chan(l), 3, 2); stack.append(h)
    sides = {}
    for i, s in enumerate(stack):
        if control: sides[s] = n.op("add", [s, n.input(f"residual{i}", *n.shape[s])], n.shape[s])
        if project: sides[s] = n.conv(s, n.chw(s)[0], 1)
    h = n.attention(n.block(h, chan(levels - 1), emb), text) if attend else n.block(h, chan(levels - 1), emb)
    if control: h = n.op("add", [h, n.input("residual_mid", *n.shape[h])], n.shape[h])
    found = []
    for l in reversed(range(levels)):
        for b in range(blocks + 1):
            s = stack.pop(); s = sides.get(s, s); counts = l < levels - 1 or (mode == "CONCAT" and not project)
            if mode == "CONCAT": merge = n.concat(s, h) if reverse else n.concat(h, s)
            else: merge = n.add(h, s)
            if counts: found.append((mode, merge, s, h))
            h = n.block(merge, chan(l), emb)
            if attend and l: h = n.attention(n.attention(h), text)
        if l: h = n.conv(n.up(h), chan(l - 1 if mode == "ADD" else l))
    n.conv(n.norm(h), 3, name="y"); n.expect = found[::-1]; return n


def gate(before_upsampler):
    """Attention U-Net (Oktay et al. 2018): the skip is scaled by a gate fed by the skip and by the decoder, before or after its upsampler."""
    n = Net(); n.input("x", 1, 3, 16, 16); e = n.block(n.conv("x", 4), 4, name="e"); low = n.block(n.conv(e, 4, 3, 2), 4, name="low"); u = n.up(low, "u")
    if before_upsampler: a = n.up(n.unary("sigmoid", n.conv(n.unary("relu", n.add(n.conv(e, 2, 1, 2), n.conv(low, 2, 1))), 1, 1)))
    else: a = n.unary("sigmoid", n.conv(n.unary("relu", n.add(n.conv(e, 2, 1), n.conv(u, 2, 1))), 1, 1))
    g = n.mul(e, a, "gated"); n.skip("CONCAT", n.concat(u, g, "merge"), g, "low" if before_upsampler else "u"); n.conv(n.block("merge", 4), 3, name="y"); return n


def resample_residuals():
    """ADM: down- and upsampling inside residual blocks whose two ways are both resampled."""
    n = Net(); n.input("x", 1, 3, 16, 16); e = n.conv("x", 4, name="e")
    down = n.add(n.conv(n.pool(n.norm(e)), 4), n.pool(e)); m = n.block(n.block(down, 4), 4)
    up = n.add(n.conv(n.up(n.norm(m)), 4), n.up(m), "up"); n.skip("CONCAT", n.concat(up, e, "merge"), e, up); n.conv(n.block("merge", 4), 3, name="y"); return n


def squeeze_excite():
    """A global pool inside every residual block: smaller maps that only scale larger ones."""
    n = Net(); n.input("x", 1, 3, 16, 16)
    def se(x):
        c = n.chw(x)[0]; h = n.conv(x, c); p = n.op("avgpool2d", [h], (1, c, 1, 1), (*n.shape[x][2:], 1, 1, 0, 0, 1, 1, 0, 0, 0)); return n.add(n.op("multiply", [h, n.unary("sigmoid", n.conv(p, c, 1))], n.shape[h]), x)
    e = se(n.conv("x", 4)); b = n.up(se(n.conv(e, 4, 3, 2))); n.skip("CONCAT", n.concat(b, e, "merge"), e, b); n.conv(se(n.conv("merge", 4)), 3, name="y"); return n


def odd_sizes():
    """15 positions halve to 8 and are cropped back from 16; a pad in front of the strided convolution."""
    n = Net(); n.input("x", 1, 3, 15, 15); e = n.conv("x", 4, name="e"); p = n.op("pad", [e, n.const(4, 2)], (1, 4, 16, 16)); d = n.block(n.conv(p, 4, 3, 2), 4)
    crop = n.op("strided_slice", [n.up(d)], (1, 4, 15, 15), name="crop"); n.skip("CONCAT", n.concat(crop, e, "merge"), e, crop); n.conv(n.block("merge", 4), 3, name="y"); return n


def output_residual():
    """EDM's preconditioning adds the scaled sample to the network's output: a merge after the last convolution, no branch."""
    n = Net(); n.input("x", 1, 3, 16, 16); e = n.conv("x", 4, name="e"); u = n.up(n.block(n.conv(e, 4, 3, 2), 4)); n.skip("CONCAT", n.concat(u, e, "merge"), e, u)
    n.add(n.conv(n.block("merge", 4), 3), n.mul("x", n.input("c_skip", 1, 1, 1, 1)), "y"); return n


def pyramid():
    """NCSN++: the sample's pyramid is added on the way down, the prediction is summed over the levels on the way up. Neither is a skip;
    the second reads the main path before its upsampler, so that is where the boundary lies."""
    n = Net(); n.input("x", 1, 3, 16, 16); e = n.conv("x", 4, name="e"); d = n.add(n.conv(e, 4, 3, 2), n.conv(n.pool("x"), 4, 1)); m = n.block(d, 4, name="m")
    low = n.conv(m, 3, 1); u = n.up(m, "u"); n.skip("CONCAT", n.concat(u, e, "merge"), e, m)
    n.add(n.conv(n.block("merge", 4), 3), n.up(low), "y"); return n


def sequence():
    """One spatial axis: [batch, channels, length] with conv1d."""
    n = Net(); n.input("x", 1, 2, 32)
    def conv(x, out, s=1, name=None): c, l = n.shape[x][1:]; return n.op("conv1d", [x, n.const(3, c, out)], (1, out, l // s), (3, s, 0, 1, 1, 0), out * (l // s) * c * 3, name)
    e = conv("x", 4, name="e"); d = n.unary("relu", conv(conv(e, 8, 2), 8)); d4 = n.op("expand_dims", [d], (1, 8, 1, 16)); u = n.op("squeeze", [n.op("upsampling2d", [d4], (1, 8, 1, 32), (1, 2, 1))], (1, 8, 32))
    merge = n.op("concat", [u, e], (1, 12, 32), (1,), name="merge"); n.skip("CONCAT", merge, e, u); conv(conv(merge, 4), 2, name="y"); return n


def dense():
    """Dense concatenations inside encoder, bottleneck and decoder blocks beside one true skip; the rotary halves of an attention too."""
    n = Net(); n.input("x", 1, 3, 16, 16); d = lambda x: n.conv(n.concat(x, n.conv(x, 4)), 4)
    e = d(n.conv("x", 4)); low = n.conv(e, 4, 3, 2); a = n.conv(n.concat(n.conv(low, 4, 1), n.conv(low, 4)), 4)
    r = n.op("reshape", [a], (1, 2, 64, 2)); left, right = (n.op("strided_slice", [r], (1, 2, 64, 1)) for _ in range(2)); a = n.op("reshape", [n.op("concat", [n.unary("neg", right), left], (1, 2, 64, 2), (-1,))], n.shape[a])
    u = n.up(a); n.skip("CONCAT", n.concat(u, e, "merge"), e, u); n.conv(d(n.conv("merge", 4)), 3, name="y"); return n


def plain(kind):
    n = Net(); n.input("x", 1, 3, 16, 16); h = n.conv("x", 4)
    if kind == "resnet": n.conv(n.block(n.block(h, 4), 4), 3, name="y")
    if kind == "classifier": h = n.block(n.conv(n.block(h, 4), 8, 3, 2), 8); n.linear(n.op("reduce_mean", [h], (1, 8)), 10, "y")
    if kind == "autoencoder": n.conv(n.block(n.conv(n.up(n.block(n.conv(n.block(h, 4), 8, 3, 2), 8)), 4), 4), 3, name="y")
    if kind == "bypass":  # two ways from the bottleneck to the output
        low = n.conv(h, 4, 3, 2); a = n.conv(low, 4); u = n.up(n.block(a, 4)); second = n.up(n.add(a, n.conv(low, 4))); n.add(n.conv(n.concat(u, h, "merge"), 3), n.conv(second, 3), "y")
    return n


out = pathlib.Path(sys.argv[1])
save = lambda name, net, note, refused=None: net.write(out / f"{name}.txt", note, "y", refused)
save("concat_nchw", unet(), "channels first, a time embedding added in every block")
save("concat_nhwc", unet(last=True), "channels last")
save("reversed_operands", unet(reverse=True), "the skip is the first operand")
save("additive_skips", unet(mode="ADD", levels=3), "skips are added")
save("controlnet_residuals", unet(control=True, levels=3), "inputs are added to every skip and to the bottleneck")
save("projected_skips", unet(project=True), "every skip passes a 1x1 convolution")
save("gate_before_upsampler", gate(True), gate.__doc__)
save("gate_after_upsampler", gate(False), gate.__doc__)
save("resample_residuals", resample_residuals(), resample_residuals.__doc__)
save("lowest_level_concats", unet(levels=2, blocks=2), "two blocks a level, three skips at the lowest level pair last in first out")
save("decoder_attention", unet(attend=True, levels=3, last=True), "self- and cross-attention on tokens, in encoder, bottleneck and decoder")
save("squeeze_excite", squeeze_excite(), squeeze_excite.__doc__)
save("odd_sizes", odd_sizes(), odd_sizes.__doc__)
save("output_residual", output_residual(), output_residual.__doc__)
save("sequence", sequence(), sequence.__doc__)
save("dense_blocks", dense(), dense.__doc__)
save("plain_resnet", plain("resnet"), "residual blocks at one resolution", "A U-Net works at two or more resolutions; every feature map between x and y has that of the sample, 256 positions.")
save("classifier", plain("classifier"), "an encoder", "The feature maps shrink from 256 positions to 64 positions, and no operation enlarges them again; a U-Net has a decoder, this is an encoder or a classifier.")
save("autoencoder", plain("autoencoder"), "encoder and decoder without skips", "The feature maps shrink from 256 positions to 64 positions and 1 operation enlarges them again, but none of the 3 channel concatenations and additions of feature maps joins one made before the bottleneck with one that comes back from a lower resolution; without skips there is nothing to cut at.")
save("second_way_out", plain("bypass"), "a second decoder reaches the output past the boundary", "No merge that looks like a skip has a boundary that can be cached.")
save("output_pyramid", pyramid(), pyramid.__doc__)
