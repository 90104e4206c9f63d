using System.Collections.Immutable;

namespace Attune.Tuning.Recorded;

/// <summary>Why files are no set of recorded devices.</summary>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Message">What is wrong, where and why.</param>
/// <param name="Next">What to do about it.</param>
public sealed record RecordedSetError(RecordedSetFailure Failure, string Message, string Next)
{
    /// <summary>Further findings, one sentence each.</summary>
    public ImmutableArray<string> Details { get; init; } = [];
}
