using System.ComponentModel;
using System.Diagnostics;
using Attune.Devices;
using Attune.Measuring.Workers;

namespace Attune.Measuring.Processes;

/// <summary>Starts and ends the processes of this project: without a shell, with pipes to their input and output. Stateless.</summary>
internal static class ChildProcess
{
    /// <summary>Starts a program; the system's reason when it does not start.</summary>
    /// <param name="command">Program, arguments and environment.</param>
    /// <param name="hearsErrors">Whether its errors come through a pipe, which must be read then; otherwise they go where this process's go.</param>
    public static Result<Process, string> Start(WorkerCommand command, bool hearsErrors = true)
    {
        var start = new ProcessStartInfo(command.FileName, command.Arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = hearsErrors,
        };
        foreach ((string name, string value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) is { } process ? process : "the system gave no reason";
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException or InvalidOperationException)
        {
            return exception.Message;
        }
    }

    /// <summary>Ends a process at once, with everything that it started.</summary>
    /// <returns>Null, or what the system said against it, for example that it is gone already.</returns>
    public static string? Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            return exception.Message;
        }
    }

    /// <summary>Waits for a process to end.</summary>
    /// <returns>False when it still runs after the given time.</returns>
    public static async Task<bool> EndedWithinAsync(Process process, TimeSpan limit)
    {
        using var source = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(source.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return process.HasExited;
        }
    }
}
