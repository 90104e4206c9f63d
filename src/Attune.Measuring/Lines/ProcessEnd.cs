namespace Attune.Measuring.Lines;

/// <summary>How a process ended, in words.</summary>
internal static class ProcessEnd
{
    /// <summary>The rest of a sentence that begins with the process.</summary>
    /// <param name="code">Exit code; 128 and more names a signal.</param>
    /// <param name="printed">Its last words; empty for none.</param>
    public static string Describe(int code, string printed)
    {
        string signal = (code - 128) switch
        {
            4 => " (illegal instruction)",
            6 => " (aborted)",
            8 => " (arithmetic exception)",
            9 => " (killed; perhaps the system ran out of memory)",
            11 => " (segmentation fault)",
            15 => " (terminated)",
            _ => string.Empty,
        };
        return $"ended with code {code}{signal}{LastWords(printed)}";
    }

    /// <summary>What a process printed, as the end of a sentence.</summary>
    public static string LastWords(string printed) => printed.Length > 0 ? $". It printed: {printed}" : string.Empty;
}
