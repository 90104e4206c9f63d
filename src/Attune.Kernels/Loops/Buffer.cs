namespace Attune.Kernels.Loops;

/// <summary>
/// Memory that a program reads or writes. Offsets count elements. A load widens narrow elements to floats: bytes exactly; halves exactly too, but times 2^-112,
/// since moving their bits to where a float has them leaves the bias of the exponent behind, and who multiplies the sum by a scale anyway can correct it there.
/// Elements of 32 bits are stored and broadcast; narrower ones are only loaded, but that bytes take integers, saturating, and brain floats take floats, rounded
/// to nearest even.
/// </summary>
/// <param name="Name">Name in the printed program.</param>
/// <param name="Position">Position in the argument list, for memory that the caller passes. Buffers of different elements may share one.</param>
/// <param name="Element">Elements: floats of 32 or 16 bits, brain floats, integers of 32 or 8, those of 8 with or without sign.</param>
internal sealed record Buffer(string Name, int Position, DataType Element = DataType.Float32)
{
    /// <summary>What a half is too small by after a load.</summary>
    public const float HalfCorrection = 5.192296858534828e33f;

    /// <summary>Who shares the memory. What a group shares is not passed: it lives as long as the group runs.</summary>
    public MemoryScope Scope { get; init; } = MemoryScope.Global;

    /// <summary>Elements, of memory that a group shares; 0 for memory that the caller passes.</summary>
    public int Extent { get; init; }

    public int ElementBytes => Element switch
    {
        DataType.Float16 or DataType.BFloat16 => 2,
        DataType.Int8 or DataType.UInt8 => 1,
        _ => 4,
    };

    /// <summary>What a load gives: integers of 32 bits as they are, everything else as floats.</summary>
    public DataType LoadedAs => Element == DataType.Int32 ? DataType.Int32 : DataType.Float32;

    /// <summary>What may be stored.</summary>
    public DataType StoredAs => Element switch
    {
        DataType.Int8 or DataType.UInt8 => DataType.Int32,
        DataType.BFloat16 => DataType.Float32,
        _ => Element,
    };

    public override string ToString() => Name;
}
