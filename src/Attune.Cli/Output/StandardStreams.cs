using Microsoft.Win32.SafeHandles;

namespace Attune.Cli.Output;

/// <summary>
/// The output streams that the process was started with, if it was given any. With a stream closed (<c>&gt;&amp;-</c>) its number goes to the next file that is
/// opened, and a line meant for a person would be written into that file; so the numbers are taken, and streams that were not inherited are not written to.
/// </summary>
internal static class StandardStreams
{
    private const int Output = 1;
    private const int Error = 2;

    // O_CLOEXEC on Linux: the runtime opens all its files with it, and nothing that has it can be inherited.
    private const long CloseOnExec = 0x80000;
    private static readonly List<SafeFileHandle> Held = [];

    /// <summary>Takes the numbers of closed streams. To be called before the process opens anything.</summary>
    public static void Hold()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // A file gets the lowest free number.
        while (Enumerable.Range(0, Error + 1).Any(number => !Path.Exists($"/proc/self/fd/{number}")) && Held.Count <= Error)
        {
            Held.Add(File.OpenHandle("/dev/null"));
        }
    }

    /// <summary>The stream for results.</summary>
    public static SteadyWriter OpenOutput() => new(Open(Output, () => Console.Out));

    /// <summary>The stream for progress and failures.</summary>
    public static SteadyWriter OpenError() => new(Open(Error, () => Console.Error));

    /// <summary>Whether results go to a terminal.</summary>
    public static bool OutputIsTerminal => IsInherited(Output) && !Console.IsOutputRedirected;

    /// <summary>Whether progress goes to a terminal.</summary>
    public static bool ErrorIsTerminal => IsInherited(Error) && !Console.IsErrorRedirected;

    private static TextWriter? Open(int number, Func<TextWriter> open)
    {
        if (!IsInherited(number))
        {
            return null;
        }

        try
        {
            return open();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsInherited(int number)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            const string field = "flags:";
            string? line = File.ReadLines($"/proc/self/fdinfo/{number}").FirstOrDefault(text => text.StartsWith(field, StringComparison.Ordinal));
            return line is not null && (Convert.ToInt64(line[field.Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException or FormatException)
        {
            // No such number; or a system without /proc, where nothing better is known than that there should be a stream.
            return !Directory.Exists("/proc/self/fdinfo");
        }
    }
}
