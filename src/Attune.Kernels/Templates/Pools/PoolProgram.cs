using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Quantized;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Pools;

/// <summary>
/// Pooling in blocked layout. Not searched: every form moves each input once through the registers and is bound by memory.
/// Buffers: 0 input, 1 scale table (average only), 2 output.
/// </summary>
internal static class PoolProgram
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Scale = new("scale", 1);
    private static readonly Buffer Y = new("y", 2);

    /// <summary>
    /// The maximum with code of its own for every place of the window: clamps are decided beforehand, except for rows. Needs no halo: window positions outside
    /// the image are clamped to its edge, which is inside the window too (the caller guarantees that every window touches the image).
    /// </summary>
    public static (LoopProgram Program, int Units) Maximum(PoolWorkload p, KernelSignature signature)
    {
        (ActivationView input, ActivationView output) = (signature.Input, signature.Output);
        Buffer x = NarrowAccess.Of(X, signature.InputScale, signature.InputElement);
        var sums = new RegisterTile("acc", 8);
        return Build("maxpool", p, signature, (image, block, row) =>
        {
            var body = ImmutableArray.CreateBuilder<Statement>();
            var tops = new LoopVariable[p.KernelHeight];
            for (int kh = 0; kh < p.KernelHeight; kh++)
            {
                var low = new LoopVariable("lo");
                tops[kh] = new LoopVariable("ih");
                body.Add(new Let(low, IndexOperation.Maximum, ((Index)row * p.StrideHeight) + (kh - p.PadTop), 0));
                body.Add(new Let(tops[kh], IndexOperation.Minimum, low, p.Height - 1));
            }

            Index origin = (Index)input.Origin + ((Index)image * input.Batch) + ((Index)block * input.Block);
            Index target = (Index)output.Origin + ((Index)image * output.Batch) + ((Index)block * output.Block) + ((Index)row * output.Row);
            int first = Math.Min(p.OutWidth, (p.PadLeft + p.StrideWidth - 1) / p.StrideWidth);
            int inside = Math.Max(first, Math.Min(p.OutWidth, p.WindowsBeforeRightEdge));
            for (int ow = 0; ow < first; ow++)
            {
                Edge(ow);
            }

            int tile = Math.Min(4, Math.Max(1, inside - first));
            if (inside > first)
            {
                var wt = new LoopVariable("wt");
                var ow = new LoopVariable("ow");
                var inner = ImmutableArray.CreateBuilder<Statement>();
                inner.Add(new Let(ow, IndexOperation.Minimum, ((Index)wt * tile) + first, inside - tile));
                for (int t = 0; t < tile; t++)
                {
                    for (int kh = 0; kh < p.KernelHeight; kh++)
                    {
                        for (int kw = 0; kw < p.KernelWidth; kw++)
                        {
                            Index at = origin + ((Index)tops[kh] * input.Row) + ((((Index)ow + t) * p.StrideWidth) + (kw - p.PadLeft)) * input.Pixel;
                            Accumulate(inner, t, at, kh + kw == 0);
                        }
                    }

                    inner.Add(Stored(signature, target + (((Index)ow + t) * output.Pixel), new Read(sums, [t])));
                }

                body.Add(new Loop(wt, 0, (inside - first + tile - 1) / tile, 1, LoopKind.Serial, inner.ToImmutable()));
            }

            for (int ow = inside; ow < p.OutWidth; ow++)
            {
                Edge(ow);
            }

            return body.ToImmutable();

            void Edge(int ow)
            {
                for (int kh = 0; kh < p.KernelHeight; kh++)
                {
                    for (int kw = 0; kw < p.KernelWidth; kw++)
                    {
                        int iw = Math.Clamp((ow * p.StrideWidth) + kw - p.PadLeft, 0, p.Width - 1);
                        Accumulate(body, 0, origin + ((Index)tops[kh] * input.Row) + (iw * input.Pixel), kh + kw == 0);
                    }
                }

                body.Add(Stored(signature, target + (ow * output.Pixel), new Read(sums, [0])));
            }

            void Accumulate(ImmutableArray<Statement>.Builder into, int register, Index at, bool start) =>
                into.Add(
                    new Assign(sums, [register], start ? new Load(x, at) : new Binary(BinaryOperation.Maximum, new Read(sums, [register]), new Load(x, at))));
        });
    }

    /// <summary>The maximum with loops over the window, which clamp as they go.</summary>
    public static (LoopProgram Program, int Units) LoopedMaximum(PoolWorkload p, KernelSignature signature)
    {
        (ActivationView input, ActivationView output) = (signature.Input, signature.Output);
        Buffer x = NarrowAccess.Of(X, signature.InputScale, signature.InputElement);
        var best = new RegisterTile("acc", 1);
        return Build("maxpool", p, signature, (image, block, row) =>
        {
            var column = new LoopVariable("ow");
            var kh = new LoopVariable("kh");
            var kw = new LoopVariable("kw");
            var top = new LoopVariable("top");
            var ih = new LoopVariable("ih");
            var left = new LoopVariable("left");
            var iw = new LoopVariable("iw");
            Index at = (Index)input.Origin + ((Index)image * input.Batch) + ((Index)block * input.Block) + ((Index)ih * input.Row) + ((Index)iw * input.Pixel);
            Index target = (Index)output.Origin
                + ((Index)image * output.Batch)
                + ((Index)block * output.Block)
                + ((Index)row * output.Row)
                + ((Index)column * output.Pixel);
            ImmutableArray<Statement> overColumns =
            [
                new Let(left, IndexOperation.Maximum, ((Index)column * p.StrideWidth) + kw + -p.PadLeft, 0),
                new Let(iw, IndexOperation.Minimum, left, p.Width - 1),
                new Assign(best, [0], new Binary(BinaryOperation.Maximum, new Read(best, [0]), new Load(x, at))),
            ];
            ImmutableArray<Statement> overRows =
            [
                new Let(top, IndexOperation.Maximum, ((Index)row * p.StrideHeight) + kh + -p.PadTop, 0),
                new Let(ih, IndexOperation.Minimum, top, p.Height - 1),
                new Loop(kw, 0, p.KernelWidth, 1, LoopKind.Serial, overColumns),
            ];
            ImmutableArray<Statement> window =
            [
                new Assign(best, [0], new Constant(float.NegativeInfinity)),
                new Loop(kh, 0, p.KernelHeight, 1, LoopKind.Serial, overRows),
                Stored(signature, target, new Read(best, [0])),
            ];
            return [new Loop(column, 0, p.OutWidth, 1, LoopKind.Serial, window)];
        });
    }

    /// <summary>
    /// Average. The input has a halo of zeros of the padding's size, and buffer 1 holds the factor of every output pixel (1 / window size), row-major.
    /// </summary>
    public static (LoopProgram Program, int Units) Average(PoolWorkload p, KernelSignature signature)
    {
        (ActivationView input, ActivationView output) = (signature.Input, signature.Output);
        Buffer x = NarrowAccess.Of(X, signature.InputScale, signature.InputElement);
        var sum = new RegisterTile("acc", 1);
        return Build("avgpool", p, signature, (image, block, row) =>
        {
            var ow = new LoopVariable("ow");
            var kh = new LoopVariable("kh");
            var kw = new LoopVariable("kw");
            Index at = (Index)input.Origin + ((Index)image * input.Batch) + ((Index)block * input.Block)
                + ((((Index)row * p.StrideHeight) + kh + -p.PadTop) * input.Row) + ((((Index)ow * p.StrideWidth) + kw + -p.PadLeft) * input.Pixel);
            Index target =
                (Index)output.Origin + ((Index)image * output.Batch) + ((Index)block * output.Block) + ((Index)row * output.Row) + ((Index)ow * output.Pixel);
            ImmutableArray<Statement> add = [new Assign(sum, [0], new Binary(BinaryOperation.Add, new Read(sum, [0]), new Load(x, at)))];
            ImmutableArray<Statement> window =
            [
                new Assign(sum, [0], Zeros(signature, p.KernelHeight * p.KernelWidth)),
                new Loop(
                    kh,
                    0,
                    p.KernelHeight,
                    1,
                    LoopKind.Serial,
                    [new Loop(kw, 0, p.KernelWidth, 1, p.KernelWidth <= 8 ? LoopKind.Unrolled : LoopKind.Serial, add)]),
                Averaged(signature, target, new Binary(BinaryOperation.Multiply, new Read(sum, [0]), new Broadcast(Scale, ((Index)row * p.OutWidth) + ow))),
            ];
            return [new Loop(ow, 0, p.OutWidth, 1, LoopKind.Serial, window)];
        });
    }

    /// <summary>Average over the whole image; the output has one row and one column. One work unit per image and channel block.</summary>
    public static (LoopProgram Program, int Units) GlobalAverage(PoolWorkload p, KernelSignature signature)
    {
        (ActivationView input, ActivationView output) = (signature.Input, signature.Output);
        Buffer x = NarrowAccess.Of(X, signature.InputScale, signature.InputElement);
        const int Chains = 4;
        var sums = new RegisterTile("acc", Chains);
        return Build("globalavgpool", p with { OutHeight = 1, OutWidth = 1 }, signature, (image, block, row) =>
        {
            var body = ImmutableArray.CreateBuilder<Statement>();
            for (int i = 0; i < Chains; i++)
            {
                body.Add(new Assign(sums, [i], i == 0 ? Zeros(signature, p.Height * p.Width) : new Constant(0)));
            }

            var ih = new LoopVariable("ih");
            var wt = new LoopVariable("wt");
            Index line = (Index)input.Origin + ((Index)image * input.Batch) + ((Index)block * input.Block) + ((Index)ih * input.Row);
            int whole = p.Width / Chains;
            var rows = ImmutableArray.CreateBuilder<Statement>();
            rows.Add(new Loop(
                wt, 0, whole, 1, LoopKind.Serial, [.. Enumerable.Range(0, Chains).Select(i => Add(i, line + ((((Index)wt * Chains) + i) * input.Pixel)))]));
            rows.AddRange(Enumerable.Range(whole * Chains, p.Width - (whole * Chains)).Select(iw => Add(iw % Chains, line + (iw * input.Pixel))));
            body.Add(new Loop(ih, 0, p.Height, 1, LoopKind.Serial, rows.ToImmutable()));
            Value total = new Binary(BinaryOperation.Add, Plus(0, 1), Plus(2, 3));
            Index target = (Index)output.Origin + ((Index)image * output.Batch) + ((Index)block * output.Block) + ((Index)row * output.Row);
            body.Add(Averaged(signature, target, new Binary(BinaryOperation.Multiply, total, new Constant(1f / ((float)p.Height * p.Width)))));
            return body.ToImmutable();

            Statement Add(int i, Index at) => new Assign(sums, [i], new Binary(BinaryOperation.Add, new Read(sums, [i]), new Load(x, at)));
            Value Plus(int a, int b) => new Binary(BinaryOperation.Add, new Read(sums, [a]), new Read(sums, [b]));
        });
    }

    /// <summary>Stores a maximum. Bytes are ordered as the numbers they stand for, so that one of the same scale is stored as it is.</summary>
    private static Store Stored(KernelSignature signature, Index offset, Value maximum)
    {
        if (signature.InputScale is not { } bytes)
        {
            return NarrowAccess.Store(Output(signature), offset, maximum, signature.OutputScale);
        }

        return signature.OutputScale == bytes
            ? new Store(Output(signature), offset, new Conversion(maximum))
            : NarrowAccess.Store(Output(signature), offset, new Binary(BinaryOperation.Subtract, maximum, new Constant(bytes.Zero)), signature.OutputScale, bytes.Scale);
    }

    /// <summary>Stores an average, of bytes in steps of their scale.</summary>
    private static Store Averaged(KernelSignature signature, Index offset, Value average) =>
        NarrowAccess.Store(Output(signature), offset, average, signature.OutputScale, signature.InputScale?.Scale ?? 1);

    private static Buffer Output(KernelSignature signature) => NarrowAccess.Of(Y, signature.OutputScale, signature.OutputElement);

    /// <summary>What a sum of bytes begins with, so that it becomes that of their distances from zero.</summary>
    private static Constant Zeros(KernelSignature signature, int count) => new(signature.InputScale is { } bytes ? -(float)bytes.Zero * count : 0);

    private static (LoopProgram Program, int Units) Build(
        string name, PoolWorkload p, KernelSignature signature, Func<LoopVariable, LoopVariable, LoopVariable, ImmutableArray<Statement>> body)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var plane = new LoopVariable("p");
        var row = new LoopVariable("oh");
        var block = new LoopVariable("cb");
        var image = new LoopVariable("n");
        ImmutableArray<Statement> statements =
        [
            new Let(row, IndexOperation.Remainder, unit, p.OutHeight),
            new Let(plane, IndexOperation.Divide, unit, p.OutHeight),
            new Let(block, IndexOperation.Remainder, plane, p.Blocks),
            new Let(image, IndexOperation.Divide, plane, p.Blocks),
            .. body(image, block, row),
        ];
        ImmutableArray<Buffer> buffers = [NarrowAccess.Of(X, signature.InputScale, signature.InputElement), Scale, Output(signature)];
        return (
            new LoopProgram(name, p.Lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, statements)]),
            p.Batch * p.Blocks * p.OutHeight);
    }
}
