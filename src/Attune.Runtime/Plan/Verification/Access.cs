namespace Attune.Runtime.Plan.Verification;

/// <summary>How a step reads or writes one value: every cell it touches, and the element it takes the cell for.</summary>
/// <param name="Storage">Where.</param>
/// <param name="Value">Value whose elements are meant.</param>
internal abstract record Access(Storage Storage, string Value)
{
    /// <summary>The layout in words.</summary>
    public abstract string Layout { get; }

    /// <summary>All cells.</summary>
    public abstract IEnumerable<CellRun> Runs();

    /// <summary>What is wrong with the access as such for a value of a shape; null when nothing is.</summary>
    public abstract string? Refusal(Kernels.Shape shape);
}
