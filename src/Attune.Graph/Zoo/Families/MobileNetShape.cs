using System.Collections.Immutable;

namespace Attune.Graph.Zoo.Families;

/// <summary>One member of the family of networks that <see cref="MobileNetFamily"/> builds. Immutable; checked when a network is built.</summary>
public sealed record MobileNetShape
{
    /// <summary>Name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>Rows and columns of the input image, at least 8.</summary>
    public required int Resolution { get; init; }

    /// <summary>Images per inference, at least 1.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Channels of the first convolution (3x3, stride 2), at least 1.</summary>
    public required int Stem { get; init; }

    /// <summary>Blocks in order, at least one.</summary>
    public required ImmutableArray<MobileNetBlock> Blocks { get; init; }

    /// <summary>Channels of the last 1x1 convolution; 0 leaves it out.</summary>
    public int Head { get; init; }

    /// <summary>Outputs of the classifier, at least 1.</summary>
    public int Classes { get; init; } = 1000;
}
