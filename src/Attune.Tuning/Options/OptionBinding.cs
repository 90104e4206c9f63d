using System.Collections.Immutable;

namespace Attune.Tuning.Options;

/// <summary>Options after assignments from a user: either all were understood and in range, or every problem is named.</summary>
/// <typeparam name="T">The options record.</typeparam>
/// <param name="Options">The resulting options; what was not understood left as it was.</param>
/// <param name="Problems">One sentence per problem, each with what to type instead; empty when all is well.</param>
public sealed record OptionBinding<T>(T Options, ImmutableArray<string> Problems)
{
    /// <summary>True when nothing was wrong.</summary>
    public bool Succeeded => Problems.IsEmpty;
}
