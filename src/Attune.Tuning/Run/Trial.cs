using Attune.Measuring;

namespace Attune.Tuning.Run;

/// <summary>One measured candidate, as it goes to and comes from the trial log.</summary>
/// <param name="TaskKey">Key of the task.</param>
/// <param name="Index">Index in the task's space when it was measured; <paramref name="Knobs"/> decide after a template changed.</param>
/// <param name="Knobs">Knob names and entity texts.</param>
/// <param name="Threads">Threads the kernel ran on.</param>
/// <param name="Result">What came out.</param>
/// <param name="Searcher">Name of the searcher that asked for it.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Time">When it ended, UTC.</param>
public sealed record Trial(
    string TaskKey,
    long Index,
    IReadOnlyDictionary<string, string> Knobs,
    int Threads,
    MeasureResult Result,
    string Searcher,
    int Seed,
    DateTimeOffset Time);
