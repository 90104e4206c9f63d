namespace Attune.Kernels.Loops.X64;

/// <summary>
/// From where to where a virtual register holds something. Instruction n reads at 2n and writes at 2n + 1, so that what it writes may lie where something is
/// that it reads last.
/// </summary>
internal sealed class LiveInterval
{
    /// <summary>The virtual register.</summary>
    public required int Register { get; init; }

    /// <summary>Its kind.</summary>
    public required RegisterClass Kind { get; init; }

    /// <summary>First place.</summary>
    public required int Start { get; init; }

    /// <summary>Last place.</summary>
    public int End { get; set; }

    /// <summary>How often it is used, guessing that every loop runs some times.</summary>
    public double Weight { get; set; }

    /// <summary>A virtual register that is copied into this one when it comes to life; -1 for none.</summary>
    public int CopyOf { get; set; } = -1;

    /// <summary>The register of the machine that it is copied from; -1 for none.</summary>
    public int ArgumentOf { get; set; } = -1;
}
