using System.Diagnostics;
using Attune.Measuring.Processes;
using Attune.Measuring.Workers;

namespace Attune.Measuring.Lines;

/// <summary>
/// A process of our own that answers every line it is sent with one line, so that whatever ends it is an answer too. One caller at a time. Dispose ends it.
/// </summary>
public sealed class LineProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
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
    public static LineProcess Start(WorkerCommand command) => new(ChildProcess.Start(command).OrThrow(
        refusal => new WorkerUnavailableException($"The process '{command}' cannot be started: {refusal}")));

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
        if (!await ChildProcess.EndedWithinAsync(process, Patience))
        {
            ChildProcess.Kill(process);
            await process.WaitForExitAsync();
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
