namespace Attune.Kernels.Loops.X64;

/// <summary>Finds out what a program does with elements narrower than floats.</summary>
internal sealed class ProductScan : Walker
{
    private bool bytes;
    private bool brains;
    private bool tiles;

    private ProductScan()
    {
    }

    /// <summary>True when there is a <see cref="DotProduct"/> in a program.</summary>
    public static bool HasBytes(LoopProgram program) => Of(program).bytes;

    /// <summary>True when a program multiplies brain floats or rounds to them, for which there are instructions of their own.</summary>
    public static bool NeedsBrainFloats(LoopProgram program) => Of(program).brains;

    /// <summary>True when a program has matrices in registers of their own.</summary>
    public static bool HasTiles(LoopProgram program) => Of(program).tiles;

    protected override void Visit(Statement statement)
    {
        tiles |= statement is TileZero or TileLoad;
        brains |= statement is Store { Buffer.Element: DataType.BFloat16 } or StoreFirst { Buffer.Element: DataType.BFloat16 };
        base.Visit(statement);
    }

    protected override void Visit(Value value)
    {
        bytes |= value is DotProduct;
        brains |= value is PairProduct;
        base.Visit(value);
    }

    private static ProductScan Of(LoopProgram program)
    {
        var scan = new ProductScan();
        scan.Visit(program.Body);
        return scan;
    }
}
