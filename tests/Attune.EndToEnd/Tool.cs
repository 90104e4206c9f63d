using System.Diagnostics;

namespace Attune.EndToEnd;

/// <summary>Runs the real program in a process of its own, as a user does.</summary>
internal static class Tool
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "attune.dll");

    /// <summary>Runs a command to its end.</summary>
    public static Task<ToolRun> RunAsync(string folder, params IEnumerable<string> arguments) => RunAsync(folder, [], arguments);

    /// <summary>Runs a command to its end, with variables set in its environment.</summary>
    public static async Task<ToolRun> RunAsync(string folder, (string Name, string Value)[] variables, IEnumerable<string> arguments)
    {
        using Process process = Start(folder, arguments, variables);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException tooLong)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"attune {string.Join(' ', arguments)} did not end. It printed: {await output}{await error}", tooLong);
        }

        return new ToolRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command and leaves it running.</summary>
    public static Process Start(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Records and caches of the user who runs the tests stay untouched.
        start.Environment["ATTUNE_HOME"] = Path.Combine(folder, "home");
        start.Environment["NO_COLOR"] = "1";
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
