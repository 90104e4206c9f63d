using System.Diagnostics;
using System.Threading.Channels;
using Attune.Measuring.Lines;
using Attune.Measuring.Processes;

namespace Attune.Measuring.Workers;

/// <summary>
/// One running worker: its pipes, its last words, its memory. Replies arrive in <see cref="Replies"/>, which completes when the process closes its output.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Process process;
    private readonly Channel<WorkerReply> replies = Channel.CreateUnbounded<WorkerReply>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly OutputTail printed = new();
    private readonly Task output;
    private readonly Task errors;

    private WorkerProcess(Process process)
    {
        this.process = process;
        output = ReadRepliesAsync();
        errors = ReadErrorsAsync();
    }

    /// <summary>What the worker said, in order.</summary>
    public ChannelReader<WorkerReply> Replies => replies.Reader;

    /// <summary>Id of the process.</summary>
    public int Id => process.Id;

    /// <summary>Candidates sent so far.</summary>
    public int Served { get; private set; }

    /// <summary>The end of what the worker printed besides replies.</summary>
    public string Printed => printed.ToString();

    /// <summary>Starts a worker; it is not ready yet.</summary>
    /// <exception cref="WorkerUnavailableException">The system cannot start the program.</exception>
    public static WorkerProcess Start(WorkerCommand command) => new(ChildProcess.Start(command).OrThrow(
        refusal => new WorkerUnavailableException($"The worker '{command}' cannot be started: {refusal}")));

    /// <summary>Sends a request. A worker that died meanwhile is noticed through <see cref="Replies"/>.</summary>
    public async Task SendAsync(WorkerRequest request, CancellationToken cancellation)
    {
        Served++;
        try
        {
            Stream input = process.StandardInput.BaseStream;
            await input.WriteAsync(WorkerProtocol.Encode(request), cancellation);
            await input.FlushAsync(cancellation);
        }
        catch (IOException exception)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
    }

    /// <summary>Resident memory, bytes; 0 when the process is gone.</summary>
    public long ResidentBytes()
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>Waits until the process is gone and says how it went, with its last words.</summary>
    public async Task<string> DescribeEndAsync()
    {
        if (!await ChildProcess.EndedWithinAsync(process, Patience))
        {
            Kill();
            return $"closed its output without ending{ProcessEnd.LastWords(Printed)}";
        }

        await Task.WhenAll(output, errors).WaitAsync(Patience).ContinueWith(static _ => { }, TaskScheduler.Default);
        return ProcessEnd.Describe(process.ExitCode, Printed);
    }

    /// <summary>Ends the process at once, with its children.</summary>
    public void Kill()
    {
        if (ChildProcess.Kill(process) is { } refusal)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(refusal));
        }
    }

    /// <summary>Asks the worker to end by closing its input; kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException exception)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }

        if (!await ChildProcess.EndedWithinAsync(process, Patience))
        {
            Kill();
            await ChildProcess.EndedWithinAsync(process, Patience);
        }

        process.Dispose();
    }

    private async Task ReadRepliesAsync()
    {
        try
        {
            var lines = new LineReader(process.StandardOutput.BaseStream, WorkerProtocol.LongestLine);
            while (await lines.NextAsync() is { } line)
            {
                if (WorkerProtocol.DecodeReply(line.Span) is { } reply)
                {
                    await replies.Writer.WriteAsync(reply);
                }
                else
                {
                    printed.Add(line.Span);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
        finally
        {
            replies.Writer.Complete();
        }
    }

    private async Task ReadErrorsAsync()
    {
        try
        {
            var lines = new LineReader(process.StandardError.BaseStream, WorkerProtocol.LongestLine);
            while (await lines.NextAsync() is { } line)
            {
                printed.Add(line.Span);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            printed.Add(System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
    }
}
