using System.Collections.Immutable;

namespace Attune.Runtime.Execution;

/// <summary>A step ready to run.</summary>
/// <param name="Report">Description for people.</param>
/// <param name="Phases">What it runs: a barrier follows each phase, none stands between the parts of one.</param>
/// <param name="Program">Loop program of its kernel as text, or null.</param>
internal sealed record CompiledStep(StepReport Report, ImmutableArray<ImmutableArray<StepPart>> Phases, Func<string>? Program)
{
    /// <summary>Position of the layer that has alternatives and that this step is one form of; -1 when the step always runs.</summary>
    public int Layer { get; init; } = -1;

    /// <summary>Which form of the layer it is: 0 the exact one.</summary>
    public int Form { get; init; }
}
