namespace Attune.Design.Search;

/// <summary>
/// A finite space of designs as searches see it: a vector of genes, each one of finitely many values. What the genes mean is the space's business.
/// Implementations are immutable and may be used by several threads at once.
/// </summary>
public interface IGeneSpace
{
    /// <summary>Number of genes, at least 1.</summary>
    int Genes { get; }

    /// <summary>Number of values of a gene, at least 1; a gene's values are 0 to this less 1.</summary>
    /// <param name="gene">0 to <see cref="Genes"/> less 1.</param>
    int ValuesOf(int gene);

    /// <summary>
    /// Brings a vector to the one form of its design: genes that the design does not use, such as those of blocks beyond the depth, get their first value.
    /// Equal designs have equal canonical vectors. Idempotent.
    /// </summary>
    /// <param name="genes">The vector, changed in place.</param>
    void Canonicalise(Span<int> genes);

    /// <summary>True when a canonical vector keeps all rules of the space.</summary>
    /// <param name="genes">The vector.</param>
    bool IsAllowed(ReadOnlySpan<int> genes);
}
