using Attune.Tuning.Run;

namespace Attune.Bench.Searchers;

/// <summary>One task on which searchers are compared.</summary>
/// <param name="Kind">Kind of layer it stands for.</param>
/// <param name="Network">Network of the zoo that it comes from.</param>
/// <param name="Task">The task.</param>
/// <param name="WeightBytes">Bytes of weights that one inference of the network reads: candidates are measured with the caches they see there.</param>
internal sealed record BenchTask(string Kind, string Network, TuningTask Task, long WeightBytes);
