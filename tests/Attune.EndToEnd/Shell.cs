using System.Diagnostics;

namespace Attune.EndToEnd;

/// <summary>Runs lines of shell in which <c>attune</c> is the real program, as a user with an installed tool would.</summary>
internal static class Shell
{
    /// <summary>Runs a line to its end.</summary>
    /// <param name="folder">Current folder; records go to "home" in it.</param>
    /// <param name="line">The line.</param>
    /// <param name="calledAs">What a launcher would say that it was called as; null for none.</param>
    public static async Task<ToolRun> RunAsync(string folder, string line, string? calledAs = null)
    {
        using Process shell = Start(folder, line, calledAs);
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        Task<string> error = shell.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await shell.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException tooLong)
        {
            shell.Kill(entireProcessTree: true);
            throw new TimeoutException($"This did not end: {line}", tooLong);
        }

        return new ToolRun(shell.ExitCode, await output, await error);
    }

    /// <summary>Starts a line and leaves it running.</summary>
    public static Process Start(string folder, string line, string? calledAs = null)
    {
        string commands = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
        string program = Path.Combine(commands, "attune");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "attune.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var start = new ProcessStartInfo("sh")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", line },
        };
        start.Environment["PATH"] = $"{commands}:{start.Environment["PATH"]}";
        start.Environment["ATTUNE_HOME"] = Path.Combine(folder, "home");
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("ATTUNE_COMMAND");
        if (calledAs is not null)
        {
            start.Environment["ATTUNE_COMMAND"] = calledAs;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
