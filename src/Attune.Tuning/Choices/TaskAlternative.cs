using Attune.Kernels.Spaces;

namespace Attune.Tuning.Choices;

/// <summary>A configuration that a task may take in the model.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Ms">Its time alone, milliseconds; positive infinity when it was not measured.</param>
public sealed record TaskAlternative(Configuration Configuration, double Ms)
{
    /// <summary>True for the template's default configuration. A model of defaults throughout is among the candidates when every task has one.</summary>
    public bool IsDefault { get; init; }
}
