namespace Attune.Kernels;

/// <summary>One fusion that can be switched off.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Pass">Name of the graph pass that does it; null when the execution plan does.</param>
public sealed record Fusion(string Name, string Summary, string? Pass);
