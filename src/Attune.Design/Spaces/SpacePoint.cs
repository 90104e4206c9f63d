using System.Collections.Immutable;

namespace Attune.Design.Spaces;

/// <summary>A point of a design space: for every gene the position of its value. Equal by content. Which space it belongs to, the caller knows.</summary>
public sealed class SpacePoint : IEquatable<SpacePoint>
{
    private readonly int hash;

    /// <summary>Makes a point.</summary>
    /// <param name="choices">Position of the value of every gene, in the space's order.</param>
    public SpacePoint(ImmutableArray<int> choices)
    {
        Choices = choices;
        var code = default(HashCode);
        foreach (int choice in choices)
        {
            code.Add(choice);
        }

        hash = code.ToHashCode();
    }

    /// <summary>Position of the value of every gene.</summary>
    public ImmutableArray<int> Choices { get; }

    /// <summary>Position of the value of one gene.</summary>
    /// <param name="gene">Position of the gene.</param>
    public int this[int gene] => Choices[gene];

    /// <summary>The same point but for one gene.</summary>
    /// <param name="gene">Position of the gene.</param>
    /// <param name="choice">Position of its new value.</param>
    public SpacePoint With(int gene, int choice) => new(Choices.SetItem(gene, choice));

    /// <inheritdoc/>
    public bool Equals(SpacePoint? other) => other is not null && other.hash == hash && other.Choices.AsSpan().SequenceEqual(Choices.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpacePoint);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Choices);
}
