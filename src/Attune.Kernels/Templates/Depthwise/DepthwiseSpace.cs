using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Depthwise;

/// <summary>The deployment configurations of the depthwise template.</summary>
internal static class DepthwiseSpace
{
    public static Space Create(ConvolutionWorkload w, KernelTarget target)
    {
        int registers = target.Registers;
        int blocks = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        ImmutableArray<Knob> knobs =
        [
            Knob.Split("c", blocks, 2),
            Knob.Scale("ow_tile", [.. Enumerable.Range(1, Math.Min(w.OutWidth, registers - 2))]),
            Knob.Scale("oh_tile", [.. Enumerable.Range(1, Math.Min(w.OutHeight, 8))]),
            Knob.Scale("oh_block", [.. TileSizes.RowBlocks(w.OutHeight)]),
            Knob.Flag("hold_weights"),
            Knob.Choice("taps", "unrolled", "rows-looped"),
            Knob.Choice("order", "c-outer", "rows-outer"),
        ];
        return new Space(knobs, c => Admits(w, c, registers), c => Features(w, c));
    }

    public static long Default(ConvolutionWorkload w, Space space, KernelTarget target)
    {
        int registers = target.Registers;
        int taps = w.KernelHeight * w.KernelWidth;
        bool holds = taps + 5 <= registers;
        int room = (holds ? registers - taps : registers) - 2;
        var vector = new int[space.Knobs.Length];
        Set("ow_tile", Enumerable.Range(1, Math.Min(w.OutWidth, Math.Min(room, 8))).OrderBy(
            t => ((w.OutWidth + t - 1) / t * t / (double)w.OutWidth) + (1.0 / t)).First() - 1);
        Set("oh_tile", 0);
        Set("oh_block", Math.Min(3, space.Knobs[space.PositionOf("oh_block")].Count - 1));
        Set("hold_weights", holds ? 1 : 0);
        Set("taps", taps <= 25 ? 0 : 1);
        long index = space.Encode(vector);
        return space.IsValid(index) ? index : space.FirstValid();

        void Set(string knob, int position) => vector[space.PositionOf(knob)] = position;
    }

    private static bool Admits(ConvolutionWorkload w, Configuration c, int registers)
    {
        int taps = w.KernelHeight * w.KernelWidth;
        int tile = c.Value("ow_tile") * c.Value("oh_tile");
        bool unrolled = c.Value("taps") == 0;
        bool holds = c.IsOn("hold_weights");
        int rowTiles = (w.OutHeight + c.Value("oh_tile") - 1) / c.Value("oh_tile");
        bool wholeRows = c.Value("oh_block") >= rowTiles;
        return tile + (holds ? taps : 0) + 1 <= registers
            && (!holds || unrolled)
            && tile * (unrolled ? taps : w.KernelWidth) <= 1400
            && (!wholeRows || TileSizes.RowBlocks(w.OutHeight).First(b => b >= rowTiles) == c.Value("oh_block"));
    }

    private static double[] Features(ConvolutionWorkload w, Configuration c)
    {
        int wide = c.Value("ow_tile");
        int high = c.Value("oh_tile");
        int rowTiles = (w.OutHeight + high - 1) / high;
        int columnTiles = (w.OutWidth + wide - 1) / wide;
        int units = w.Batch * c.Tuple("c")[0] * ((rowTiles + c.Value("oh_block") - 1) / c.Value("oh_block"));
        return
        [
            high * wide,
            (double)rowTiles * high * columnTiles * wide / ((double)w.OutHeight * w.OutWidth),
            Math.Log2(units),
            Math.Ceiling(units / 2.0) * 2 / units,
            Math.Log2(4.0 * w.Lanes * w.Width * ((c.Value("oh_block") * high * w.StrideHeight) + w.KernelHeight)),
        ];
    }
}
