namespace Attune.Kernels.Templates;

/// <summary>
/// Scaled dot-product attention of several heads: softmax(q k^T scale + mask) v. Queries, keys and values are matrices [batch, length, width]; a head's
/// columns follow each other, first head first, from an offset on: projections that were computed as one matrix are read in place.
/// </summary>
internal sealed record AttentionWorkload : Workload
{
    /// <summary>Sequences.</summary>
    public required int Batch { get; init; }

    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Queries of a sequence.</summary>
    public required int Queries { get; init; }

    /// <summary>Keys and values of a sequence.</summary>
    public required int Keys { get; init; }

    /// <summary>Elements of a query or key of one head.</summary>
    public required int Size { get; init; }

    /// <summary>Elements of a value of one head; at least one vector.</summary>
    public required int ValueSize { get; init; }

    /// <summary>Factor of the scores.</summary>
    public required float Scale { get; init; }

    /// <summary>Row length and first column of queries.</summary>
    public required AttentionColumns Query { get; init; }

    /// <summary>Row length and first column of keys.</summary>
    public required AttentionColumns Key { get; init; }

    /// <summary>Row length and first column of values.</summary>
    public required AttentionColumns Value { get; init; }

    /// <summary>How an additive mask is read, or null without one.</summary>
    public AttentionMask? Mask { get; init; }

    /// <inheritdoc/>
    public required override int Lanes { get; init; }

    /// <summary>True when the template can run it: a vector of values must lie within one head.</summary>
    public bool IsEligible => ValueSize >= Lanes && Queries > 0 && Keys > 0 && Size > 0;

    /// <inheritdoc/>
    public override long Flops => 2L * Batch * Heads * Queries * Keys * (Size + ValueSize);

    /// <inheritdoc/>
    public override string Title => $"attention {Heads}x{Size} q{Queries} k{Keys}{(Mask is null ? string.Empty : " masked")}";
}
