using System.Collections.Immutable;
using Attune.Kernels.Spaces;

namespace Attune.Tuning.Run;

/// <summary>One kernel to tune; layers of a model with the same workload are one task.</summary>
/// <param name="Name">Name for people, for example the first layer's.</param>
/// <param name="Key">Key for the measurer and the records (the workload as text), unique in a run.</param>
/// <param name="Space">Configurations to search.</param>
/// <param name="DefaultIndex">The template's default configuration, a valid point.</param>
/// <param name="Weight">How often the kernel occurs in the model, above 0: its time counts that often.</param>
/// <param name="Flops">Floating-point operations of one run; 0 when unknown.</param>
public sealed record TuningTask(string Name, string Key, Space Space, long DefaultIndex, double Weight, double Flops)
{
    /// <summary>Tasks of one family (for example all depthwise convolutions) are expected to reach similar FLOP/s; empty when there is no family.</summary>
    public string Family { get; init; } = string.Empty;

    /// <summary>Points worth measuring right after the default, such as one for each other algorithm; may be empty.</summary>
    public ImmutableArray<long> Suggestions { get; init; } = [];

    /// <summary>
    /// Names the class of a point: the fastest of every class is compared inside the model, because neighbours may favour one. Null for one class.
    /// </summary>
    public Func<Configuration, string>? ClassOf { get; init; }

    /// <summary>Points of other classes that are otherwise like a given one; those of the best point are measured before the end. Null for none.</summary>
    public Func<Configuration, IEnumerable<long>>? Siblings { get; init; }

    /// <summary>True when the task is another form of other tasks, so that its time does not add to the model's.</summary>
    public bool IsAlternative { get; init; }
}
