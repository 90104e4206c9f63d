using System.ComponentModel;
using System.Diagnostics;

namespace Attune.Measuring.Lines;

/// <summary>
/// A process of our own that answers every line it is sent with one line, so that whatever ends it is an answer too. One caller at a time. Dispose ends it.
/// </summary>
public sealed class LineProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly OutputTail printed = new();
    private readonly Task errors;

    private LineProcess(Process process)
    {
        this.process = process;
        errors = ReadErrorsAsync();
    }

    /// <summary>Starts the process.</summary>
    /// <exception cref="WorkerUnavailableException">The system cannot start the program.</exception>
    public static LineProcess Start(WorkerCommand command)
    {
        var start = new ProcessStartInfo(command.FileName) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new LineProcess(Process.Start(start)!);
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            throw new WorkerUnavailableException($"The process '{command}' cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>Sends a line and waits for the answer.</summary>
    /// <param name="line">The question, without a line end in it.</param>
    /// <param name="cancellation">Gives up waiting; the process is of no further use then.</param>
    /// <returns>The answer; null when the process ended, <see cref="DescribeEndAsync"/> says how.</returns>
    public async Task<string?> AskAsync(string line, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
            await process.StandardInput.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            return null;
        }

        return await process.StandardOutput.ReadLineAsync(cancellation);
    }

    /// <summary>How the process ended, and its last words. Ends it if it still runs.</summary>
    public async Task<string> DescribeEndAsync()
    {
        await EndAsync();
        return ProcessEnd.Describe(process.ExitCode, printed.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await EndAsync();
        process.Dispose();
    }

    private async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await errors;
    }

    private async Task ReadErrorsAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(line));
        }
    }
}
