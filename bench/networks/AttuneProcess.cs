using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>
/// Runs ./attune. An interrupt from the terminal reaches it too, so it keeps what it found and ends by itself; it is ended only when it does not.
/// </summary>
/// <param name="program">Path of the program.</param>
/// <param name="cancellation">Set by the first interrupt.</param>
internal sealed class AttuneProcess(string program, CancellationToken cancellation) : IAttune
{
    private const int Interrupted = 6;
    private const int FirstSignal = 128;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<ToolAnswer> RunAsync(IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        (int exit, string output) = await StartAsync(environment, [.. arguments, "--json"]);
        cancellation.ThrowIfCancellationRequested();
        if (exit is Interrupted or >= FirstSignal)
        {
            throw new OperationCanceledException($"attune {string.Join(' ', arguments)} was interrupted");
        }

        return new ToolAnswer(exit, Parse(output));
    }

    /// <inheritdoc/>
    public async Task<string> HelpAsync(string command) => (await StartAsync(new Dictionary<string, string>(), [command, "--help"])).Output;

    private async Task<(int Exit, string Output)> StartAsync(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        using CancellationTokenRegistration stop = cancellation.Register(() => _ = EndAsync(process));
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, await output);
    }

    // Asked to end by someone who signalled us alone: attune knows nothing of it.
    private static async Task EndAsync(Process process)
    {
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended and been disposed of meanwhile, which is what was wanted.
            return;
        }
    }

    private static JsonObject? Parse(string output)
    {
        try
        {
            return JsonNode.Parse(output) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
