using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Reading;

namespace Attune.Graph;

/// <summary>Why a model cannot be used.</summary>
/// <param name="Faults">Everything that is wrong; at least one.</param>
/// <param name="Unsupported">Operators that cannot be run, with their nodes.</param>
public sealed record UnreadableModel(ImmutableArray<ModelFault> Faults, ImmutableArray<UnsupportedOperator> Unsupported)
{
    /// <summary>A model with one fault.</summary>
    public static UnreadableModel Of(ModelFault fault) => new([fault], []);

    /// <summary>All faults in one exception, for callers that do not look at them.</summary>
    public InvalidDataException ToException() => new(ToString());

    /// <summary>All faults, one a line.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Faults);
}
