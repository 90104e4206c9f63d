using System.Collections.Immutable;

namespace Attune.Runtime.Execution;

/// <summary>A step ready to run.</summary>
/// <param name="Report">Description for people.</param>
/// <param name="Parts">What it runs; no barrier between parts.</param>
/// <param name="Program">Loop program of its kernel as text, or null.</param>
internal sealed record CompiledStep(StepReport Report, ImmutableArray<StepPart> Parts, Func<string>? Program);
