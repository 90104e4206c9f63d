using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Pair;

/// <summary>The numbers that follow from a fused pair and a configuration: the configurations of its two halves, and the scratch between them.</summary>
internal readonly struct DepthwisePointwisePlan
{
    public DepthwisePointwisePlan(PairWorkload pair, Space firstSpace, Space secondSpace, Configuration c)
    {
        First = pair.First;
        Second = pair.Second;
        SecondConfiguration = Translate(
            secondSpace,
            c,
            ("oc", $"1x{c.Label("oc")}"),
            ("ow_tile", null),
            ("oh_tile", null),
            ("ic_unroll", null),
            ("nest", null),
            ("prefetch", null),
            ("oh_block", c.Label("rows")));
        FirstConfiguration = Translate(
            firstSpace, c, ("ow_tile", c.Label("dw_ow_tile")), ("oh_tile", c.Label("dw_oh_tile")), ("hold_weights", c.Label("dw_hold")));
        RowTile = c.Value("oh_tile");
        DepthwiseRowTile = c.Value("dw_oh_tile");
        RowsPerUnit = c.Value("rows") * RowTile;
        RowTiles = (Second.OutHeight + RowTile - 1) / RowTile;
        RowUnits = (RowTiles + c.Value("rows") - 1) / c.Value("rows");

        // Tiles that are moved back, or reach past the last row wanted, write up to a tile less one row on either side.
        ScratchRows = RowsPerUnit + (2 * (DepthwiseRowTile - 1));
        int blocks = (First.OutChannels + First.Lanes - 1) / First.Lanes;
        long row = (long)First.OutWidth * First.Lanes;
        Scratch = new ActivationView((DepthwiseRowTile - 1) * row, 0, ScratchRows * row, 1, row, First.Lanes);
        ScratchFloats = (blocks * Scratch.Block) + First.Lanes;
    }

    public ConvolutionWorkload First { get; }

    public ConvolutionWorkload Second { get; }

    /// <summary>Null when the knobs' values do not exist in the half's own space.</summary>
    public Configuration? FirstConfiguration { get; }

    /// <summary>Null when the knobs' values do not exist in the half's own space.</summary>
    public Configuration? SecondConfiguration { get; }

    public int RowTile { get; }

    public int DepthwiseRowTile { get; }

    public int RowsPerUnit { get; }

    public int RowTiles { get; }

    public int RowUnits { get; }

    public int ScratchRows { get; }

    /// <summary>Where the depthwise result of a unit lies; its first row is the unit's first row.</summary>
    public ActivationView Scratch { get; }

    public long ScratchFloats { get; }

    public int Units => Second.Batch * RowUnits;

    /// <summary>The point of a half's space with these knobs, all others at their first value.</summary>
    private static Configuration? Translate(Space space, Configuration c, params ReadOnlySpan<(string Knob, string? Label)> settings)
    {
        var vector = new int[space.Knobs.Length];
        foreach ((string knob, string? label) in settings)
        {
            int position = space.PositionOf(knob);
            vector[position] = space.Knobs[position].IndexOf(label ?? c.Label(knob));
            if (vector[position] < 0)
            {
                return null;
            }
        }

        return space[space.Encode(vector)];
    }
}
