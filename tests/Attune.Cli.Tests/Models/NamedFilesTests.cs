using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Kernels;

namespace Attune.Cli.Tests.Models;

public sealed class NamedFilesTests
{
    private static readonly NetworkValue[] Values = [new("x", new TensorType(DataType.Float32, Shape.Of(1))), new(
        "mask", new TensorType(DataType.Bool, Shape.Of(1)))];

    [Fact]
    public void Files_go_to_their_names_or_to_the_values_in_order()
    {
        NamedFiles.Assign("--input", ["mask=m.npy", "x=x.npy"], Values).ShouldBe(
            new Dictionary<string, string> { ["mask"] = "m.npy", ["x"] = "x.npy" }, ignoreOrder: true);
        NamedFiles.Assign("--input", ["a.npy", "b.npy"], Values).ShouldBe(
            new Dictionary<string, string> { ["x"] = "a.npy", ["mask"] = "b.npy" }, ignoreOrder: true);
    }

    [Fact]
    public void A_name_that_the_model_does_not_have_is_told_with_those_it_has()
    {
        Failure failure = Should.Throw<CommandFailedException>(() => NamedFiles.Assign("--input", ["y=x.npy"], Values)).Failure;

        failure.Exit.ShouldBe(ExitCode.Usage);
        failure.Message.ShouldContain("'y'");
        failure.Message.ShouldContain("x Float32[1], mask Bool[1]");
        failure.Next.ShouldContain("--input x=x.npy");
    }

    [Fact]
    public void A_file_may_have_an_equals_sign_in_its_path()
    {
        string folder = Directory.CreateTempSubdirectory("attune-named-").FullName;
        string path = Path.Combine(folder, "run=3.npy");
        File.WriteAllBytes(path, []);
        try
        {
            NamedFiles.Assign("--input", [path], Values).ShouldBe(new Dictionary<string, string> { ["x"] = path });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
