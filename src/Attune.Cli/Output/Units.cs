namespace Attune.Cli.Output;

/// <summary>Numbers as people read them: three significant digits and a unit.</summary>
internal static class Units
{
    /// <summary>Milliseconds, for example "12.3 ms" or "0.0456 ms".</summary>
    public static string Milliseconds(double value) => double.IsFinite(value) ? $"{Significant(value)} ms" : "-";

    /// <summary>A count with a decimal prefix, for example "1.16 G".</summary>
    public static string Count(double value) => value switch
    {
        >= 1e12 => $"{Significant(value / 1e12)} T",
        >= 1e9 => $"{Significant(value / 1e9)} G",
        >= 1e6 => $"{Significant(value / 1e6)} M",
        >= 1e4 => $"{Significant(value / 1e3)} k",
        _ => Significant(value),
    };

    /// <summary>A number of things, for example "1 task" or "12 tasks".</summary>
    /// <param name="count">How many.</param>
    /// <param name="noun">One of them; the plural adds an s.</param>
    public static string Counted(long count, string noun) => $"{count} {noun}{(count == 1 ? string.Empty : "s")}";

    /// <summary>Bytes with a binary prefix, for example "16.1 MiB".</summary>
    public static string Bytes(double value) => value switch
    {
        >= 1L << 30 => $"{Significant(value / (1L << 30))} GiB",
        >= 1 << 20 => $"{Significant(value / (1 << 20))} MiB",
        >= 1 << 10 => $"{Significant(value / (1 << 10))} KiB",
        _ => $"{value:0} B",
    };

    /// <summary>A share of one as percent, for example "21.4 %".</summary>
    public static string Percent(double share) => $"{share * 100:0.0} %";

    /// <summary>A factor, for example "1.23x".</summary>
    public static string Factor(double value) => $"{value:0.00}x";

    /// <summary>A duration, for example "1m05s" or "4.2s".</summary>
    public static string Duration(TimeSpan value) => value switch
    {
        { TotalHours: >= 1 } => $"{(int)value.TotalHours}h{value.Minutes:00}m",
        { TotalMinutes: >= 1 } => $"{(int)value.TotalMinutes}m{value.Seconds:00}s",
        { TotalSeconds: >= 10 } => $"{(int)value.TotalSeconds}s",
        _ => $"{value.TotalSeconds:0.0}s",
    };

    private static string Significant(double value)
    {
        double size = Math.Abs(value);
        return size switch
        {
            0 => "0",
            >= 100 => value.ToString("0"),
            >= 10 => value.ToString("0.0"),
            >= 1 => value.ToString("0.00"),
            >= 0.1 => value.ToString("0.000"),
            >= 1e-4 => value.ToString("0.00000"),
            _ => value.ToString("0.00e+0"),
        };
    }
}
