using Attune.Compile.Models;

namespace Attune.Compile.Tests.Models;

public sealed class SourceFileTests
{
    [Theory]
    [InlineData("zoo:alexnet", "/home/ada/out/m.attune", "zoo:alexnet")]
    [InlineData("/home/ada/out/model.onnx", "/home/ada/out/m.attune", "model.onnx")]
    [InlineData("/home/ada/models/model.onnx", "/home/ada/out/m.attune", "../models/model.onnx")]
    [InlineData("/data/secret/model.onnx", "/home/ada/out/m.attune", "model.onnx")]
    public void A_tuned_model_remembers_no_folders_of_the_machine(string source, string target, string remembered) =>
        SourceFile.Remembered(source, target).ShouldBe(remembered);

    [Theory]
    [InlineData("zoo:alexnet", "/mnt/m.attune", "zoo:alexnet")]
    [InlineData("../models/model.onnx", "/mnt/usb/out/m.attune", "/mnt/usb/models/model.onnx")]
    [InlineData("/data/model.onnx", "/mnt/usb/out/m.attune", "/data/model.onnx")]
    public void What_it_remembers_is_found_from_where_it_is_now(string remembered, string file, string source) =>
        SourceFile.Find(remembered, file).ShouldBe(source);
}
