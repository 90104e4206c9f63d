using System.Text.Json;
using Attune.Cli.Output;

namespace Attune.Cli.Tests;

/// <summary>One run of the command line in this process.</summary>
internal sealed record CliRun(ExitCode Exit, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string ErrorCode => Json.GetProperty("error").GetProperty("code").GetString()!;

    /// <summary>What messages of failed assertions show; not every run has an error.</summary>
    public override string ToString() => $"{Exit}\n{Output}\n{Error}";

    public static async Task<CliRun> Of(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false, colour: false, width: 120);
        ExitCode exit = await new CommandLine(CommandList.All(), TimeProvider.System).RunAsync(arguments, terminal, CancellationToken.None);
        return new CliRun(exit, output.ToString(), error.ToString());
    }
}
