namespace Attune.Kernels.Loops.X64;

/// <summary>Finds out whether a program multiplies bytes.</summary>
internal sealed class ByteProductScan : Walker
{
    private bool found;

    private ByteProductScan()
    {
    }

    /// <summary>True when there is a <see cref="DotProduct"/> in a program.</summary>
    public static bool IsIn(LoopProgram program)
    {
        var scan = new ByteProductScan();
        scan.Visit(program.Body);
        return scan.found;
    }

    protected override void Visit(Value value)
    {
        found |= value is DotProduct;
        base.Visit(value);
    }
}
