using System.Text;

namespace Attune.Devices.Tests.Files;

public sealed class FileBeginningTests
{
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "git-LFS pointer")]
    [InlineData("<!DOCTYPE html><html>", "web page")]
    [InlineData("PK\u0003\u0004rest", "zip file")]
    public void Files_that_are_taken_for_models_are_named(string start, string what) =>
        FileBeginning.Of(Encoding.UTF8.GetBytes(start), "m.onnx")!.What.ShouldContain(what);

    [Fact]
    public void An_ONNX_file_comes_with_the_command_that_tunes_it()
    {
        // ir_version 8 (field 1, a number), then producer_name (field 2, a text of 7 bytes).
        FileBeginning found = FileBeginning.Of([0x08, 8, 0x12, 7, (byte)'p', (byte)'y'], "/data/my model.onnx")!;
        found.What.ShouldContain("ONNX model");
        found.Next.ShouldBe("Tune it first: attune tune '/data/my model.onnx' -o 'my model.attune'");
    }

    [Fact]
    public void A_folder_is_one() => FileBeginning.Of(Path.GetTempPath())!.What.ShouldBe("it is a folder");

    [Fact]
    public void What_is_not_known_is_not_guessed()
    {
        FileBeginning.Of("hello, this is a letter"u8, "m.onnx").ShouldBeNull();
        FileBeginning.Of([], "m.onnx").ShouldBeNull();
        FileBeginning.Of("PK\u0003\u0004"u8, "m.attune", zipExpected: true).ShouldBeNull();
        FileBeginning.Of("/no/such/file").ShouldBeNull();
    }
}
