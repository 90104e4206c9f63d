using System.Collections.Immutable;
using Attune.Numerics.Words;

namespace Attune.Records.Documents;

/// <summary>One thing that is wrong with a document of the user, where, and what was probably meant.</summary>
/// <param name="Path">Place in the document, for example <c>members[1].deadline_ms</c>; empty for the document as a whole.</param>
/// <param name="Message">What is wrong and why; no full stop at the end.</param>
public sealed record DocumentProblem(string Path, string Message)
{
    /// <summary>A word that nobody knows, if that is the problem.</summary>
    public string? Unknown { get; init; }

    /// <summary>The words that would have been right in its place; empty unless <see cref="Unknown"/> is set.</summary>
    public ImmutableArray<string> Known { get; init; } = [];

    /// <summary>The problem as one sentence, with what a misspelt word probably meant.</summary>
    public string Sentence => Unknown is { } word && NearMiss.Find(word, Known) is { } near ? $"{this}. Did you mean '{near}'?" : $"{this}.";

    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
