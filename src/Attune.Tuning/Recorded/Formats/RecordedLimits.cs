namespace Attune.Tuning.Recorded.Formats;

/// <summary>Bounds that keep a hostile or broken recording from taking the process down; real recordings stay far below them.</summary>
internal static class RecordedLimits
{
    /// <summary>Characters of one line.</summary>
    public const int LineLength = 1 << 20;

    /// <summary>Configurations.</summary>
    public const int Rows = 4_000_000;

    /// <summary>Knobs.</summary>
    public const int Knobs = 128;

    /// <summary>Feature columns.</summary>
    public const int Features = 512;

    /// <summary>Characters of one knob value.</summary>
    public const int LabelLength = 256;
}
