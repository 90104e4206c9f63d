using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Kernels;

namespace Attune.Cli.Commands.Zoo;

/// <summary><c>attune zoo export</c>: a built-in network as an ONNX file.</summary>
internal sealed class ZooExportCommand : CliCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "One of the names that attune zoo list prints." };
    private readonly Option<string> output = SharedOptions.Output("The ONNX file to write.");
    private readonly Option<int> seed = new("--seed") { Description = "Seed of the weights.", HelpName = "N", DefaultValueFactory = _ => 0 };
    private readonly Option<int> batch = new("--batch") { Description = "Images per inference.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public ZooExportCommand()
        : base("export", "Write a built-in network as an ONNX file.", "attune zoo export resnet18 -o resnet18.onnx")
    {
        output.Required = true;
        Command.Arguments.Add(name);
        Command.Options.Add(output);
        Command.Options.Add(seed);
        Command.Options.Add(batch);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        int images = invocation.Value(batch);
        if (images is < 1 or > 4096)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--batch {images} is not in 1 to 4096.", "attune zoo export --help");
        }

        string wanted = invocation.Value(name)!;
        string plain = wanted.StartsWith(ModelLoader.ZooPrefix, StringComparison.OrdinalIgnoreCase) ? wanted[ModelLoader.ZooPrefix.Length..] : wanted;
        Network network = ModelLoader.ZooNetwork(plain, invocation.Value(seed), images);
        string path = invocation.Value(output)!;
        OnnxWriter.Write(network, path);
        var data = new { network.Name, Nodes = network.Nodes.Length, Bytes = new FileInfo(path).Length };
        return Task.FromResult(new CommandResult(data, report => report.Line($"{data.Name}: {Units.Counted(data.Nodes, "node")}, {Units.Bytes(data.Bytes)}"))
        {
            Written = [path],
            Next = PrintedCommand.Of("check", path),
        });
    }
}
