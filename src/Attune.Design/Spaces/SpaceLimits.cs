namespace Attune.Design.Spaces;

/// <summary>Bounds of files that describe spaces: they come from users, and a slip must not take all memory or hours.</summary>
public static class SpaceLimits
{
    /// <summary>Largest file, bytes.</summary>
    public const int FileBytes = 1 << 20;

    /// <summary>Most genes.</summary>
    public const int Genes = 512;

    /// <summary>Most values of a gene.</summary>
    public const int Values = 256;

    /// <summary>Most rules.</summary>
    public const int Rules = 2048;

    /// <summary>Most stages of a template.</summary>
    public const int Stages = 64;

    /// <summary>Most blocks of a stage.</summary>
    public const int Blocks = 64;

    /// <summary>Longest name or value, characters.</summary>
    public const int Text = 128;

    /// <summary>Most channels of a layer, before the width.</summary>
    public const int Channels = 16_384;
}
