using System.Diagnostics;

namespace Attune.Cli.Tests.Printed;

/// <summary>Splits command lines as a shell does, by asking one.</summary>
internal static class ShellWords
{
    /// <summary>Arguments that a command gets; throws when the shell does not accept the line.</summary>
    public static string[] Of(string commandLine)
    {
        // Wildcards stay: whether files match is no question of grammar.
        var start = new ProcessStartInfo("sh")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", $"set -f; show() {{ printf '%s\\0' \"$@\"; }}; show {commandLine}" },
        };
        using Process shell = Process.Start(start)!;
        string output = shell.StandardOutput.ReadToEnd();
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        return shell.ExitCode == 0 && error.Length == 0
            ? output.Split('\0')[..^1]
            : throw new FormatException($"A shell does not take: {commandLine}{Environment.NewLine}{error}");
    }
}
