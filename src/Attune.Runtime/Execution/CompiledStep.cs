using System.Collections.Immutable;

namespace Attune.Runtime.Execution;

/// <summary>A step ready to run.</summary>
/// <param name="Report">Description for people.</param>
/// <param name="Phases">What it runs: a barrier follows each phase, none stands between the parts of one.</param>
/// <param name="Program">Loop program of its kernel as text, or null.</param>
internal sealed record CompiledStep(StepReport Report, ImmutableArray<ImmutableArray<StepPart>> Phases, Func<string>? Program);
